/**
 * Classes from modules of one form. What all modules of a class fill a hole
 * with stands in the class; what they fill it with differently becomes an
 * argument, or is computed from one: a width that is always a quarter of the
 * channels is `channels // 4`.
 */
import type {
  TorchArgument as Hole,
  TorchCall as Call,
  TorchValue as Value,
} from "../../plan/facets.ts";
import { channelsOf } from "../../net/shape.ts";
import type { Plan } from "../../plan/plan.ts";
import { namesOf } from "./class_names.ts";
import { isModule, type Module, modulesOf } from "./modules.ts";

/** A class of the emitted module. */
export interface TorchClass {
  readonly name: string;
  readonly modules: readonly Module[];
  /** What its constructor takes, each with its type. */
  readonly takes: readonly string[];
  readonly constructor: readonly string[];
}

/** An argument of a class. */
interface Argument {
  readonly name: string;
  /** Whether it is a width, or else what it configures. */
  readonly kind: string;
  /** The values, in the modules' order. */
  readonly values: readonly Value[];
}

/** The classes of a network, each after those that it uses; the network itself is the last. */
export function classesOf(plan: Plan): readonly TorchClass[] {
  const groups = [...Map.groupBy(modulesOf(plan), ({ form }) => form).values()];
  const names = namesOf(groups);
  const calls = new Map<Module, Call>();
  const callOf = (made: Call | Module): Call => {
    const call = isModule(made) ? calls.get(made) : made;
    if (call === undefined) throw new TypeError("A module stands before what it is made of");
    return call;
  };
  return groups.map((modules, g): TorchClass => {
    const name = names[g] ?? "";
    const holes = modules.map(({ makings }) => makings.flatMap(({ made }) => callOf(made).holes));
    const { taken, fillings } = filled(modules, holes);
    modules.forEach((module, i) => {
      const given = taken.map(({ name, kind, values }): Hole => ({
        ...(kind === "width" ? { kind } : { kind: name, keyword: name }),
        value: values[i] ?? 0,
      }));
      calls.set(module, { callee: name, holes: given });
    });
    const texts = fillings.values();
    const constructor = (modules[0]?.makings ?? []).flatMap(({ before, made, after }) =>
      `${before}${callText(callOf(made), texts)}${after}`.split("\n")
    );
    const takes = taken.map(({ name, values }) => `${name}: ${typeOf(values)}`);
    return { name, modules, takes, constructor };
  });
}

/** What modules of one form take as arguments, and what each of their holes is filled with. */
function filled(
  modules: readonly Module[],
  holes: readonly (readonly Hole[])[],
): { readonly taken: readonly Argument[]; readonly fillings: readonly string[] } {
  const candidates = widthsOf(modules).filter(({ values }) => differ(values));
  const used = new Set<Argument>();
  const fillings = (holes[0] ?? []).map(({ kind }, h) => {
    const values = holes.map((own) => own[h]?.value ?? 0);
    if (!differ(values)) return `${values[0]}`;
    const [shortest] = candidates.flatMap((argument) => {
      const text = expressed(kind, values, argument);
      return text === undefined ? [] : [{ argument, text }];
    }).sort((a, b) => a.text.length - b.text.length);
    if (shortest !== undefined) {
      used.add(shortest.argument);
      return shortest.text;
    }
    const taken = candidates.map(({ name }) => name);
    let name = kind;
    for (let number = 2; taken.includes(name); number++) name = `${kind}${number}`;
    const argument = { name, kind, values };
    candidates.push(argument);
    used.add(argument);
    return name;
  });
  return { taken: candidates.filter((argument) => used.has(argument)), fillings };
}

/** The widths of what goes in and comes out. */
function widthsOf(modules: readonly Module[]): readonly Argument[] {
  const inputs = modules.map(({ body }) => channelsOf(body.input));
  const outputs = modules.map(({ body }) => channelsOf(body.output));
  return same(inputs, outputs) ? [{ name: "channels", kind: "width", values: inputs }] : [
    { name: "inputs", kind: "width", values: inputs },
    { name: "outputs", kind: "width", values: outputs },
  ];
}

/** A hole's values by an argument: the argument itself, a multiple or a share of it. */
function expressed(
  kind: string,
  values: readonly Value[],
  { name, kind: wanted, values: given }: Argument,
): string | undefined {
  if (kind !== wanted) return undefined;
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

/** The Python type of all of some values. */
function typeOf(values: readonly Value[]): string {
  return [...new Set(values.map(typeName))].sort().join(" | ");
}

function typeName(value: Value): string {
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float";
  if (/^(True|False)$/.test(value)) return "bool";
  if (value.startsWith("(")) return `tuple[${value.split(",").map(() => "int").join(", ")}]`;
  return "str";
}

function differ(values: readonly Value[]): boolean {
  return values.some((value) => value !== values[0]);
}

function same(a: readonly Value[], b: readonly Value[]): boolean {
  return a.every((value, i) => value === b[i]);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

/** A call with the next of some texts in its holes; what is left out anyway is left out. */
function callText(
  { callee, holes, around: [before, after] = ["", ""] }: Call,
  texts: Iterator<string>,
): string {
  const given = holes.flatMap(({ keyword, otherwise }) => {
    const text: string = texts.next().value;
    if (text === `${otherwise}`) return [];
    return keyword === undefined ? [text] : [`${keyword}=${text}`];
  });
  return `${before}${callee}(${given.join(", ")})${after}`;
}
