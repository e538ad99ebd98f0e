/**
 * A language: the set of rules by which networks are read. A value like any
 * other; `with` gives a larger one and leaves the old one as it was.
 */
import { defined } from "../problem/defined.ts";
import type { Vocabulary } from "../net/json.ts";
import type { Configuration } from "../net/net.ts";
import { expected, FUNCTION, hasFields, TEXT, type Wanted } from "../problem/expect.ts";
import { type Either, left, right } from "../problem/result.ts";
import { show } from "../problem/show.ts";
import { closest } from "../problem/suggest.ts";
import type { FieldFault } from "./configuration.ts";
import type { Fault } from "./fault.ts";
import { type AnyMergeRule, MERGE_RULE } from "./merge_rule.ts";
import type { AnyLayerRule, Meaning } from "./rule.ts";

/** The rules of layers and merges by name. */
export interface Language {
  /** The rules of layers, by type. */
  readonly layers: ReadonlyMap<string, AnyLayerRule>;
  /** The rules of merges, by name. */
  readonly merges: ReadonlyMap<string, AnyMergeRule>;
  /** This language with further rules; a rule takes the place of one of the same name. */
  readonly with: (...rules: readonly (AnyLayerRule | AnyMergeRule)[]) => Language;
}

/** What reads networks takes: the language, netfold's own by default. */
export interface Using {
  /** The language in which the network is written. */
  readonly language?: Language;
}

const RULES: Wanted = {
  fits: (value) =>
    Array.isArray(value) && value.every((rule) => isLayerRule(rule) || isMerge(rule)),
  wanted: "a list, each a rule of a layer or a merge",
  hint: "make it with rule() or mergeRule()",
};

function isLayerRule(value: unknown): boolean {
  return hasFields(value, ["of", "type", "label", "read"]) && value.of === "layer" &&
    TEXT.fits(value.type) && TEXT.fits(value.label) && FUNCTION.fits(value.read);
}

function isMerge(value: unknown): value is object {
  return hasFields(value, ["of", "merge"]) && value.of === "merge" &&
    Object.entries(MERGE_RULE).every(([name, { fits }]) => fits(Reflect.get(value, name)));
}

/** The languages that {@link language} has made, whose rules have been judged. */
const made = new WeakSet<object>();

/** What is read of an object that may hold more: its language, if it has one. */
export function usingOf({ language }: Using): Using {
  return defined({ language });
}

/** The language of some rules alone; most want `standard.with(...)`. */
export function language(...rules: readonly (AnyLayerRule | AnyMergeRule)[]): Language {
  expected(rules, RULES);
  const layers = rules.flatMap((rule) => rule.of === "layer" ? [[rule.type, rule] as const] : []);
  const merges = rules.flatMap((rule) => rule.of === "merge" ? [[rule.merge, rule] as const] : []);
  const whole: Language = {
    layers: new Map(layers),
    merges: new Map(merges),
    with: (...more) => language(...rules, ...more),
  };
  made.add(whole);
  return whole;
}

/** Whether a value that came from anywhere is a language. */
export function isLanguage(value: unknown): value is Language {
  if (!hasFields(value, ["layers", "merges"])) return false;
  return made.has(value) || value.layers instanceof Map && value.merges instanceof Map &&
      [...value.layers].every(([type, rule]) => isLayerRule(rule) && rule.type === type) &&
      [...value.merges].every(([name, rule]) =>
        isMerge(rule) && name === Reflect.get(rule, "merge")
      );
}

/** The meaning of a layer's configuration, or what is wrong with it. */
export function meaningOf(
  { layers }: Language,
  configuration: Configuration,
): Either<readonly FieldFault[], Meaning> {
  const rule = layers.get(configuration.type);
  if (rule !== undefined) return rule.read(configuration);
  return left([{ field: "type", ...unknown("layer", configuration.type, [...layers.keys()]) }]);
}

/** The rule of a merge, or what is wrong with its name. */
export function mergeOf({ merges }: Language, name: string): Either<Fault, AnyMergeRule> {
  const rule = merges.get(name);
  return rule === undefined ? left(unknown("merge", name, [...merges.keys()])) : right(rule);
}

function unknown(what: "layer" | "merge", name: unknown, names: readonly string[]): Fault {
  return {
    code: `unknown-${what}`,
    rule: `the ${what} is unknown`,
    got: show(name),
    wanted: names.join(", "),
    hint: closest(name, names, `a language holds ${what}s of one's own: standard.with(...)`),
  };
}

/** The words of a language, for a reader of networks. */
export function vocabularyOf(language: Language): Vocabulary {
  return {
    mergeFault: (name) => {
      const known = [...language.merges.keys()];
      if (typeof name !== "string") return unknown("merge", name, known);
      const found = mergeOf(language, name);
      return found._tag === "Left" ? found.left : undefined;
    },
    misfits: (configuration) => {
      const meaning = meaningOf(language, configuration);
      return meaning._tag === "Left" ? meaning.left : [];
    },
  };
}

/** The name of a layer in paths; its type when the language lacks it. */
export function layerLabel({ layers }: Language, { type }: Configuration): string {
  return layers.get(type)?.label ?? type;
}

/** The name of a fork in paths; its merge when the language lacks it. */
export function forkLabel({ merges }: Language, merge: string): string {
  return merges.get(merge)?.label ?? merge;
}
