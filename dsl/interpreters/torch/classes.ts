/**
 * Classes from scopes. Scopes with the same name, number apart, and the same
 * skeleton are one class. What they all fill a hole with stands in the class;
 * what they fill it with differently becomes an argument, or is computed from
 * one: a width that is always a quarter of the channels is `channels // 4`.
 */
import type {
  TorchArgument as Hole,
  TorchCall as Call,
  TorchValue as Value,
} from "../../plan/facets.ts";
import { channelsOf } from "../../net/shape.ts";
import { lastOf, withoutNumber } from "../../plan/parts.ts";
import { namesOf } from "./class_names.ts";
import { allScopes, type Scope, templateOf } from "./scopes.ts";
import { holesOf, skeletonOf, type Template } from "./template.ts";

/** An argument of a class: its name, and each instance's value. */
export interface Argument {
  /** Its name. */
  readonly name: string;
  /** Whether it is a width or else what it configures. */
  readonly kind: string;
  /** The values, in the instances' order. */
  readonly values: readonly Value[];
}

/** A class of the emitted module. */
export interface TorchClass {
  /** Its name. */
  readonly name: string;
  /** Its instances. */
  readonly scopes: readonly Scope[];
  /** What its constructor takes. */
  readonly arguments: readonly Argument[];
  /** Its lines; those of the first instance stand for all. */
  readonly template: Template;
  /** What each hole of the template is filled with, as Python. */
  readonly fillings: readonly string[];
}

/** The classes of a network, each after those that it uses; the network itself is the last. */
export function classesOf(root: Scope): readonly TorchClass[] {
  const scopes = allScopes(root);
  const calls = new Map<string, Call>();
  const drafts: Draft[] = [];
  for (let height = 1; height <= root.height; height++) {
    const level = scopes.filter((scope) => scope.height === height);
    for (const draft of draftsOf(level, calls)) {
      // The draft's number stands for its name until all classes are known.
      const callee = `#${drafts.push(draft) - 1}#`;
      draft.scopes.forEach(({ path }, i) => {
        const holes = draft.arguments.map(({ name, kind, values }): Hole => ({
          ...(kind === "width" ? { kind } : { kind: name, keyword: name }),
          value: values[i] ?? 0,
        }));
        calls.set(path, { callee, holes });
      });
    }
  }
  const names = namesOf(drafts.map((draft) => draft.scopes));
  const named = (call: Call): Call => ({
    ...call,
    callee: call.callee.replace(/^#(\d+)#$/, (_, index) => names[Number(index)] ?? ""),
  });
  return drafts.map((draft, i) => ({
    ...draft,
    name: names[i] ?? "",
    template: {
      ...draft.template,
      makings: draft.template.makings.map((making) => ({ ...making, call: named(making.call) })),
    },
  }));
}

type Draft = Omit<TorchClass, "name">;

function draftsOf(scopes: readonly Scope[], calls: ReadonlyMap<string, Call>): readonly Draft[] {
  const templates = new Map(scopes.map((scope) => [
    scope,
    templateOf(scope, (child) => {
      const call = calls.get(child.path);
      if (call === undefined) throw new TypeError(`The part ${child.path} has no class yet`);
      return call;
    }),
  ]));
  const groups = Map.groupBy(scopes, (scope) => {
    const template = templates.get(scope);
    return template === undefined
      ? ""
      : `${withoutNumber(lastOf(scope.path))} ${skeletonOf(template)}`;
  });
  return [...groups.values()].flatMap((group) => {
    const members = group.flatMap((scope) => templates.get(scope) ?? []);
    const [template] = members;
    return template === undefined ? [] : [draftOf(group, members, template)];
  });
}

function draftOf(
  scopes: readonly Scope[],
  templates: readonly Template[],
  template: Template,
): Draft {
  const filled = templates.map((one) => holesOf(one).map(({ value }) => value));
  const inputs = scopes.map(({ body }) => channelsOf(body.input));
  const outputs = scopes.map(({ body }) => channelsOf(body.output));
  const known: Argument[] = same(inputs, outputs)
    ? [{ name: "channels", kind: "width", values: inputs }]
    : [
      { name: "inputs", kind: "width", values: inputs },
      { name: "outputs", kind: "width", values: outputs },
    ];
  const candidates = known.filter(({ values }) => differ(values));
  const used = new Set<Argument>();
  const fillings = holesOf(template).map((hole, h) => {
    const values = filled.map((instance) => instance[h] ?? 0);
    const [value = 0] = values;
    if (!differ(values)) return `${value}`;
    const found =
      candidates.map((argument) => ({ argument, text: expressed(hole, values, argument) }))
        .filter(({ text }) => text !== undefined)
        .sort((a, b) => (a.text ?? "").length - (b.text ?? "").length)[0];
    if (found?.text !== undefined) {
      used.add(found.argument);
      return found.text;
    }
    const stem = hole.kind;
    const taken = candidates.map(({ name }) => name);
    let name = stem;
    for (let number = 2; taken.includes(name); number++) name = `${stem}${number}`;
    const argument = { name, kind: hole.kind, values };
    candidates.push(argument);
    used.add(argument);
    return name;
  });
  const taken = candidates.filter((argument) => used.has(argument));
  return { scopes, arguments: taken, template, fillings };
}

/** A hole's values by an argument: the argument itself, a multiple or a share of it. */
function expressed(
  { kind }: Hole,
  values: readonly Value[],
  { name, kind: wanted, values: given }: Argument,
): string | undefined {
  if (kind !== (wanted === "width" ? "width" : wanted)) return undefined;
  if (same(values, given)) return name;
  if (kind !== "width") return undefined;
  const [first, base] = [Number(values[0]), Number(given[0])];
  const divisor = gcd(first, base);
  const [up, down] = [first / divisor, base / divisor];
  if (values.some((value, i) => Number(value) * down !== Number(given[i]) * up)) return undefined;
  if (up > LARGEST || down > LARGEST) return undefined;
  const product = up === 1 ? name : `${up} * ${name}`;
  return down === 1 ? product : `${product} // ${down}`;
}

/** Ratios of larger numbers than this are chance, not meaning. */
const LARGEST = 16;

function differ(values: readonly Value[]): boolean {
  return values.some((value) => value !== values[0]);
}

function same(a: readonly Value[], b: readonly Value[]): boolean {
  return a.every((value, i) => value === b[i]);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
