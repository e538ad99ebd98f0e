/**
 * Networks as JSON text and back. The text is the value itself inside a small
 * envelope with the format's version. Reading never throws: whatever is wrong
 * with the text comes back as problems, each with its place in it.
 */
import { expected, misfit, NUMBER, TEXT, type Wanted } from "../problem/expect.ts";
import { fail, left, type Result, right } from "../problem/result.ts";
import type { Problem } from "../problem/problem.ts";
import { show } from "../problem/show.ts";
import { closest } from "../problem/suggest.ts";
import {
  chainOf,
  type Configuration,
  forkOf,
  layer,
  nameOf,
  type Net,
  type Numbering,
  part,
  withFrozen,
} from "./net.ts";

const VERSION = 1;
const DEEPEST = 500;
const NUMBERINGS: readonly Numbering[] = ["never", "always", "repeats", "shared"];

/** What the reader of a network must know of its words. */
export interface Vocabulary {
  /** What is wrong with the name of a merge, if anything. */
  readonly mergeFault: (name: unknown) => Omit<Problem, "path" | "layer"> | undefined;
  /** What is wrong with a layer's configuration; `field` is where. */
  readonly misfits: (
    configuration: Configuration,
  ) => readonly (Omit<Problem, "path" | "layer"> & { readonly field: string })[];
}

const INDENT: Wanted = {
  fits: (value) => NUMBER.fits(value) || TEXT.fits(value),
  wanted: "a number of spaces, or what stands for them",
};

/**
 * A network as JSON text, indented by `indent` spaces (none by default).
 *
 * @throws {ProblemError} When a layer holds what JSON cannot, such as NaN.
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { equal, fromJSON, orThrow, toJSON } from "@netfold/netfold";
 * import { attention56 } from "@netfold/netfold/nets";
 *
 * const net = attention56({ classes: 10 });
 * assert(equal(orThrow(fromJSON(toJSON(net))), net));
 * ```
 */
export function toJSON(net: Net, indent: number | string = 0): string {
  return JSON.stringify(toValue(part(net)), held, expected(indent, INDENT));
}

/** A value in a network, which JSON must hold as it is. */
function held(key: string, value: unknown): unknown {
  const type = typeof value;
  const isLost = type === "number"
    ? !Number.isFinite(value)
    : !["string", "boolean", "object", "undefined"].includes(type);
  if (!isLost) return value;
  const hint = "plan() tells which layer of the network holds it";
  throw misfit("JSON must hold a network as it is", show(value), "plain data", hint, key);
}

/** A network in its envelope, as a value that JSON can hold. */
export function toValue(net: Net): { readonly netfold: number; readonly net: Net } {
  return { netfold: VERSION, net };
}

/** The network that a JSON text describes, or everything that is wrong with the text. */
export function readText(text: string, vocabulary: Vocabulary): Result<Net> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // A SyntaxError for text that is not JSON, a RangeError for nesting that exhausts the stack.
    const deep = error instanceof RangeError;
    return fail({
      path: "",
      layer: "JSON",
      code: deep ? "too-deep" : "not-json",
      rule: deep ? "the nesting is too deep" : "the text is not JSON",
      got: error instanceof Error ? error.message : `${error}`,
      wanted: 'text such as {"netfold": 1, "net": {...}}',
      hint: "write networks with toJSON()",
    });
  }
  return readValue(value, vocabulary);
}

/** The network that a parsed JSON value describes, or everything that is wrong with it. */
export function readValue(value: unknown, vocabulary: Vocabulary): Result<Net> {
  if (!isRecord(value) || value.netfold !== VERSION || !("net" in value)) {
    return fail({
      path: "",
      layer: "JSON",
      code: "not-netfold-json",
      rule: "the text does not hold a netfold network of this version",
      got: show(value),
      wanted: `{"netfold": ${VERSION}, "net": {...}}`,
      hint: "write networks with toJSON()",
    });
  }
  const reader = new Reader(vocabulary);
  const net = reader.net(value.net, "net", 1);
  return net !== undefined && reader.problems.length === 0 ? right(net) : left(reader.problems);
}

type Fields = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const FIELDS: { readonly [K in Net["kind"]]: readonly string[] } = {
  layer: ["kind", "layer", "frozen"],
  chain: ["kind", "nets"],
  fork: ["kind", "merge", "branches"],
  named: ["kind", "name", "numbering", "net"],
};
const KINDS = /* @__PURE__ */ Object.keys(FIELDS);

function isKind(kind: unknown): kind is Net["kind"] {
  return typeof kind === "string" && Object.hasOwn(FIELDS, kind);
}

/** Reads networks; each method gives nothing once it has noted a problem that leaves nothing to build. */
class Reader {
  readonly problems: Problem[] = [];
  readonly #vocabulary: Vocabulary;
  readonly #kinds: {
    readonly [K in Net["kind"]]: (fields: Fields, path: string, level: number) => Net | undefined;
  } = {
    layer: (fields, path) => this.#layer(fields, path),
    chain: ({ nets }, path, level) => {
      const parts = this.#list(nets, `${path}.nets`, level);
      return parts && chainOf(parts);
    },
    fork: ({ merge, branches }, path, level) => {
      const parts = this.#list(branches, `${path}.branches`, level);
      const fault = this.#vocabulary.mergeFault(merge);
      if (fault !== undefined) {
        this.problems.push({ path: `${path}.merge`, layer: "JSON", ...fault });
      }
      return parts && fault === undefined && typeof merge === "string"
        ? forkOf(merge, parts)
        : undefined;
    },
    named: (fields, path, level) => {
      const net = this.net(fields.net, `${path}.net`, level + 1);
      const { name } = fields;
      if (typeof name !== "string") {
        this.#note(`${path}.name`, "a name is text", name, "a word that can stand in a path");
      }
      const at = `${path}.numbering`;
      const numbering = this.#oneOf(NUMBERINGS, fields.numbering, at, "numbering");
      return net && numbering && typeof name === "string"
        ? nameOf(name, numbering, net)
        : undefined;
    },
  };

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  net(value: unknown, path: string, level: number): Net | undefined {
    if (level > DEEPEST) {
      return this.#note(path, "the nesting is too deep", level, `at most ${DEEPEST} levels`);
    }
    if (!isRecord(value)) {
      return this.#note(path, "a network is an object", value, "an object with a kind");
    }
    const { kind } = value;
    if (!isKind(kind)) {
      const hint = closest(kind, KINDS, "");
      const rule = "the kind of network is unknown";
      return this.#note(`${path}.kind`, rule, kind, KINDS.join(", "), hint);
    }
    const fields = FIELDS[kind];
    for (const field of Object.keys(value).filter((field) => !fields.includes(field))) {
      const rule = `a ${kind} has no such field`;
      this.#note(`${path}.${field}`, rule, value[field], fields.join(", "));
    }
    return this.#kinds[kind](value, path, level);
  }

  #layer({ layer: configuration, frozen }: Fields, path: string): Net | undefined {
    const type = isRecord(configuration) ? configuration.type : undefined;
    if (!isRecord(configuration) || typeof type !== "string") {
      const got = isRecord(configuration) ? type : configuration;
      return this.#note(`${path}.layer.type`, "a layer has a type", got, "the name of a layer");
    }
    const judged = { ...configuration, type };
    const faults = this.#vocabulary.misfits(judged);
    for (const { field, ...fault } of faults) {
      this.problems.push({
        path: `${path}.layer.${field}`,
        layer: field === "type" ? "JSON" : type,
        ...fault,
      });
    }
    if (frozen !== undefined && frozen !== true) {
      const wanted = "true, or nothing";
      return this.#note(`${path}.frozen`, "the field may only say true", frozen, wanted);
    }
    return faults.length > 0 ? undefined : withFrozen(layer(judged), frozen === true);
  }

  #list(items: unknown, path: string, level: number): readonly Net[] | undefined {
    if (!Array.isArray(items)) {
      return this.#note(path, "the field must hold networks", items, "an array");
    }
    return items.flatMap((item, i) => this.net(item, `${path}[${i}]`, level + 1) ?? []);
  }

  #oneOf<T extends string>(
    known: readonly T[],
    value: unknown,
    path: string,
    what: string,
  ): T | undefined {
    const found = known.find((each) => each === value);
    if (found !== undefined) return found;
    const hint = closest(value, known, "");
    return this.#note(path, `the ${what} is unknown`, value, known.join(", "), hint);
  }

  #note(path: string, rule: string, got: unknown, wanted: string, hint = ""): undefined {
    const code = "invalid-network";
    this.problems.push({ path, layer: "JSON", code, rule, got: show(got), wanted, hint });
  }
}
