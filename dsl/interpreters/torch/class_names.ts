/**
 * Names for classes. A class is named by the word that its modules share,
 * `Unit` for `unit1` and its like. Where several classes share it the commonest
 * keeps it, and another is named by what all of its modules have and no other
 * class's has, or else by the part of the network that all of them stand in, or
 * by what they hold.
 */
import { foldPlan } from "../../plan/fold.ts";
import { lastOf, partsOf, withoutNumber } from "../../plan/parts.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Module } from "./modules.ts";
import { className, TAKEN_CLASSES } from "./names.ts";

/** A name for each class, given its modules; the whole network is `Network`. */
export function namesOf(classes: readonly (readonly Module[])[]): readonly string[] {
  const bases = classes.map(([first]) => first === undefined ? "" : baseOf(first));
  const marks = classes.map((modules) => modules.map(marksOf));
  const used = new Set<string>(TAKEN_CLASSES);
  return classes.map((modules, i) => {
    const [first] = modules;
    if (first === undefined || first.path === "") return "Network";
    const base = bases[i] ?? "";
    const rivals = classes.filter((_, other) => other !== i && bases[other] === base);
    const isCommonest = rivals.every(({ length }) => length < modules.length);
    const foreign = new Set(marks.filter((_, other) => other !== i).flat(2));
    const own = sharedBy(marks[i] ?? []).filter((mark) => !foreign.has(mark));
    const places = sharedBy(modules.map(({ path }) => aroundIt(path)))
      .map((around) => `${className(around)}${base}`);
    const candidates = [...(isCommonest ? [base] : []), ...own, ...places, ...countIn(first)];
    const name = candidates.find((name) => !used.has(name)) ?? numbered(base, used);
    used.add(name);
    return name;
  });
}

/** The words that are in every list. */
function sharedBy([first = [], ...others]: readonly (readonly string[])[]): readonly string[] {
  return first.filter((word) => others.every((other) => other.includes(word)));
}

/** The outermost part that a path leads into, if any. */
function aroundIt(path: string): readonly string[] {
  return path.split(".").slice(0, -1).slice(0, 1);
}

function baseOf({ path, body }: Module): string {
  const base = className(withoutNumber(lastOf(path)));
  const attends = partsOf(body).some((part) => part.kind === "fork" && part.meaning.attention);
  return attends ? `Attention${base}` : TAKEN_CLASSES.includes(base) ? `${base}Part` : base;
}

/** What could tell a module from others with its word: what is in it, its own name. */
function marksOf(module: Module): readonly string[] {
  const inside = labelsIn(module.body).map((label) => `${className(label)}${baseOf(module)}`);
  return [...inside, className(lastOf(module.path))];
}

/** A module's word with the number of its first parts: `DownOf2Units`. */
function countIn(module: Module): readonly string[] {
  const labels = labelsIn(module.body);
  const [label] = labels;
  if (label === undefined) return [];
  const count = labels.filter((other) => other === label).length;
  return [`${baseOf(module)}Of${count}${className(label)}${count === 1 ? "" : "s"}`];
}

/** The names given directly in a part, to parts and to layers, without their numbers. */
function labelsIn(body: Plan): readonly string[] {
  return foldPlan<readonly string[]>(body, {
    layer: () => [],
    chain: (parts) => parts.flat(),
    fork: (branches) => branches.flat(),
    named: (_, { path }) => [withoutNumber(lastOf(path))],
  });
}

function numbered(base: string, used: ReadonlySet<string>): string {
  let number = 2;
  while (used.has(`${base}${number}`)) number++;
  return `${base}${number}`;
}
