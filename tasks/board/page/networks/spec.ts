/**
 * A network as an address names it: one of the zoo, a member of the family by its numbers, JSON, or
 * code.
 * Each becomes a network with its input, or problems.
 */
import { defined } from "../../../../dsl/problem/defined.ts";
import type { Net } from "../../../../dsl/net/net.ts";
import type { Shape } from "../../../../dsl/net/shape.ts";
import type { Problem } from "../../../../dsl/problem/problem.ts";
import { fail, left, type Result, right } from "../../../../dsl/problem/result.ts";
import { ProblemError } from "../../../../dsl/problem/throw.ts";
import { fromJSON } from "../../../../layers/bound/plan.ts";
import { residualAttention } from "../../../../nets/residual_attention.ts";
import { network, type ZooNetwork } from "../../../../nets/zoo.ts";
import { shape, whole } from "../../../cli/reader.ts";
import { strangers, wrongAddress } from "../address.ts";
import { VIEW_LISTS, VIEW_NAMES, wrongIn } from "./view.ts";
import { FAMILY_NAMES, familyOf, type FamilySaid, optionsOf } from "./family.ts";

export const [ZOO, FAMILY, JSON_NET, CODE] = ["zoo", "family", "json", "code"] as const;

const KINDS: readonly string[] = [ZOO, FAMILY, JSON_NET, CODE];

/** What the address calls the family whose numbers it holds. */
const THE_FAMILY = "residual-attention";

/** What may be said of any network, as it was written; nothing for the network's own. */
interface Said {
  readonly input?: string;
  readonly classes?: string;
}

export type NetworkSpec =
  & Said
  & (
    | { readonly kind: typeof ZOO; readonly name: string }
    | { readonly kind: typeof FAMILY; readonly family: FamilySaid }
    | {
      readonly kind: typeof JSON_NET | typeof CODE;
      readonly code: string;
      /** What its user calls it. */
      readonly name?: string;
    }
  );

/** What stands before the names of the network that another is compared with. */
export const OTHER = "to.";

/** A network that a text describes. */
export type TextSpec = Extract<NetworkSpec, { readonly code: string }>;

/** Whether a text describes it. */
export function isText(spec: NetworkSpec | undefined): spec is TextSpec {
  return spec?.kind === JSON_NET || spec?.kind === CODE;
}

/** The network that is shown when an address names none. */
export const FIRST: NetworkSpec = { kind: ZOO, name: "cifar/attention-56" };

/** The network that an address names, its names behind a prefix; nothing when it names none. */
export function specOf(given: URLSearchParams, prefix = ""): NetworkSpec | undefined {
  const get = (name: string) => given.get(`${prefix}${name}`);
  const said = defined({ input: get("input") || undefined, classes: get("classes") || undefined });
  const [name, json, code] = [get("zoo"), get("json"), get("code")];
  if (name !== null) return { kind: ZOO, name, ...said };
  const called = defined({ name: get("name") || undefined });
  if (json !== null) return { kind: JSON_NET, code: json, ...called, ...said };
  if (code !== null) return { kind: CODE, code, ...called, ...said };
  if (get(FAMILY) === null) return undefined;
  const family = Object.fromEntries(
    FAMILY_NAMES.flatMap((name) => {
      const text = get(name);
      return text === null ? [] : [[name, text]];
    }),
  );
  return { kind: FAMILY, family, ...said };
}

/** What an address names that is nothing of its networks, or of this part of the board. */
export function unknownIn(given: URLSearchParams): readonly Problem[] {
  const named = ["", OTHER].map((prefix) => ({ prefix, spec: specOf(given, prefix) }));
  const known = named.flatMap(({ prefix, spec }) => {
    const own = spec?.kind === FAMILY ? FAMILY_NAMES : isText(spec) ? ["name"] : [];
    const names = spec === undefined ? KINDS : [spec.kind, "input", "classes", ...own];
    return names.map((name) => `${prefix}${name}`);
  });
  const families = named.flatMap(({ prefix, spec }) => {
    const name = `${prefix}${FAMILY}`;
    const value = given.get(name) ?? "";
    return spec?.kind !== FAMILY || value === THE_FAMILY ? [] : [wrongAddress(name, {
      code: "unknown-name",
      rule: "there is one family that is made by numbers",
      got: value,
      wanted: THE_FAMILY,
      hint: `write ${name}=${THE_FAMILY}`,
    })];
  });
  const all = [...known, ...VIEW_NAMES];
  return [...strangers(given, all, VIEW_LISTS), ...families, ...wrongIn(given)];
}

/** A network as the names and values of an address. */
export function paramsOf(spec: NetworkSpec, prefix = ""): [string, string][] {
  const { input = "", classes = "" } = spec;
  const said: [string, string][] = [["input", input], ["classes", classes]];
  return [...ownParams(spec), ...said].filter(([name, value]) => name === spec.kind || value !== "")
    .map(([name, value]) => [`${prefix}${name}`, value]);
}

function ownParams(spec: NetworkSpec): readonly [string, string][] {
  switch (spec.kind) {
    case ZOO:
      return [["zoo", spec.name]];
    case JSON_NET:
    case CODE:
      return [[spec.kind, spec.code], ["name", spec.name ?? ""]];
    case FAMILY:
      return [[FAMILY, THE_FAMILY], ...Object.entries(spec.family)];
  }
}

/** What a network is called; one that a text describes as its user or the text itself says. */
export function titleOf(spec: NetworkSpec, net?: Net): string {
  switch (spec.kind) {
    case ZOO:
      return spec.name;
    case FAMILY:
      return "residual attention";
    case JSON_NET:
    case CODE:
      return spec.name ?? (net?.kind === "named" ? net.name : "network");
  }
}

/** The network of a spec; `text` is the JSON that it stands for, or that its code has made. */
export function networkOf(spec: NetworkSpec, text: string | undefined): Result<ZooNetwork> {
  const said = saidOf(spec);
  if (said._tag === "Left") return said;
  const { input, classes } = said.right;
  try {
    switch (spec.kind) {
      case ZOO:
        return network(spec.name, said.right);
      case FAMILY: {
        const family = familyOf(spec.family);
        if (family._tag === "Left") return family;
        const net = residualAttention(optionsOf(family.right, said.right));
        return right({ name: titleOf(spec), net, input: input ?? SMALL });
      }
      case JSON_NET:
      case CODE: {
        if (classes !== undefined) return misplaced(`${classes}`);
        const net = fromJSON(text ?? "");
        if (net._tag === "Left") return net;
        return input === undefined
          ? wrong(
            "input",
            "nothing",
            "the input of a network in JSON or in code must be known",
            "32x32x3",
          )
          : right({ name: titleOf(spec, net.right), net: net.right, input });
      }
    }
  } catch (error) {
    if (error instanceof ProblemError) return left(error.problems);
    throw error;
  }
}

/** The input of the family's networks when nothing is said. */
const SMALL: Shape = [32, 32, 3];

interface Read {
  readonly input?: Shape;
  readonly classes?: number;
}

function saidOf({ input: inputText, classes: classesText }: Said): Result<Read> {
  const [input, classes] = [shape(), whole(1)];
  const [size, number] = [input.read(inputText ?? ""), classes.read(classesText ?? "")];
  if (inputText !== undefined && size === undefined) {
    return wrong("input", inputText, "an input has a shape", input.wanted);
  }
  if (classesText !== undefined && number === undefined) {
    return wrong("classes", classesText, "classes are counted", classes.wanted);
  }
  return right(defined({ input: size, classes: number }));
}

function wrong(path: string, got: string, rule: string, wanted: string): Result<never> {
  const hint = `write ${path === "input" ? "32x32x3" : "10"}, for example`;
  return fail({ path, layer: "option", code: "invalid-argument", rule, got, wanted, hint });
}

function misplaced(got: string): Result<never> {
  return fail({
    path: "classes",
    layer: "option",
    code: "misplaced-option",
    rule: "a network in JSON or in code has its own classes",
    got,
    wanted: "no classes",
    hint: "leave the classes empty",
  });
}
