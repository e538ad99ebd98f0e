/**
 * Names for classes: the name that the parts have, `Unit` for `unit1` and its
 * like. Where parts of one name are of several forms, the commonest keeps it
 * and the others say what is particular about them.
 */
import type { Plan } from "../../plan/plan.ts";
import { lastOf, withoutNumber } from "../../plan/parts.ts";
import { className, TAKEN_CLASSES } from "./names.ts";
import type { Scope } from "./scopes.ts";

/** A name for each class, given the parts that are its instances; the whole network is `Network`. */
export function namesOf(classes: readonly (readonly Scope[])[]): readonly string[] {
  const names: (string | undefined)[] = classes.map(([first]) =>
    first?.path === "" ? "Network" : undefined
  );
  const used = new Set<string>(TAKEN_CLASSES);
  const groups = Map.groupBy(
    classes.keys().filter((i) => names[i] === undefined),
    (i) => baseOf(classes[i] ?? []),
  );
  for (const [base, members] of groups) {
    const order = members.toSorted((a, b) =>
      (classes[b]?.length ?? 0) - (classes[a]?.length ?? 0) || a - b
    );
    const [most = 0, next] = order;
    const common = next === undefined || count(classes[most]) > count(classes[next]);
    for (const i of order) {
      const others = members.filter((other) => other !== i).map((other) => classes[other] ?? []);
      const own = common && i === most ? [base] : [];
      const particular = [...own, ...particularNames(base, classes[i] ?? [], others)];
      const name = particular.find((candidate) => !used.has(candidate)) ?? numbered(base, used);
      used.add(name);
      names[i] = name;
    }
  }
  return names.map((name) => name ?? "");
}

function baseOf([first]: readonly Scope[]): string {
  if (first === undefined) return "";
  const base = className(withoutNumber(lastOf(first.path)));
  return attends(first) ? `Attention${base}` : TAKEN_CLASSES.includes(base) ? `${base}Part` : base;
}

/** Whether a part applies a mask itself. */
function attends({ body }: Scope): boolean {
  const parts = body.kind === "chain" ? body.parts : [body];
  return parts.some((part) => part.kind === "fork" && part.meaning.attention);
}

/** What a class could be called to tell it from others of the same base. */
function particularNames(
  base: string,
  scopes: readonly Scope[],
  others: readonly (readonly Scope[])[],
): readonly string[] {
  const [first] = scopes;
  if (first === undefined) return [];
  const labels = (scope: Scope | undefined) =>
    new Set(scope === undefined ? [] : namesIn(scope.body).map(withoutNumber));
  const foreign = new Set(others.flatMap(([other]) => [...labels(other)]));
  const ownLabel = [...labels(first)].find((label) => !foreign.has(label));
  const last = lastOf(first.path);
  const single = scopes.every(({ path }) => lastOf(path) === last) &&
    others.every((other) => other.every(({ path }) => lastOf(path) !== last));
  const top = topOf(first.path);
  const together = scopes.every(({ path }) => topOf(path) === top);
  const [label] = labels(first);
  const size = first.children.length;
  const plural = size === 1 ? "" : "s";
  return [
    ...(ownLabel === undefined ? [] : [`${className(ownLabel)}${base}`]),
    ...(single ? [className(last)] : []),
    ...(together && top !== last ? [`${className(top)}${base}`] : []),
    ...(label === undefined ? [] : [`${base}Of${size}${className(label)}${plural}`]),
  ];
}

/** The names given directly in a part, to parts and to layers. */
function namesIn(plan: Plan): readonly string[] {
  switch (plan.kind) {
    case "layer":
      return [];
    case "named":
      return [lastOf(plan.path)];
    case "chain":
      return plan.parts.flatMap(namesIn);
    case "fork":
      return plan.branches.flatMap(namesIn);
  }
}

function topOf(path: string): string {
  return path.split(".")[0] ?? "";
}

function count(scopes: readonly Scope[] | undefined): number {
  return scopes?.length ?? 0;
}

function numbered(base: string, used: ReadonlySet<string>): string {
  let number = 2;
  while (used.has(`${base}${number}`)) number++;
  return `${base}${number}`;
}
