/**
 * Networks as JSON text and back. The text is the value itself inside a small
 * envelope with the format's version. Reading never throws: whatever is wrong
 * with the text comes back as problems, each with its place in it.
 */
import type { Layer } from "../../layers/table.ts";
import { LAYERS } from "../../layers/table.ts";
import { configurationFaults, isLayerType, show } from "../plan/configuration.ts";
import {
  chainOf,
  forkOf,
  layer,
  type LayerNet,
  type Merge,
  nameOf,
  type Net,
  type Numbering,
  withFrozen,
} from "./net.ts";
import type { Problem } from "../problem/problem.ts";
import { fail, left, type Result, right } from "../problem/result.ts";
import { closest } from "../problem/suggest.ts";

const VERSION = 1;
const DEEPEST = 500;
const NUMBERINGS: readonly Numbering[] = ["never", "always", "repeats"];
const MERGES: readonly Merge[] = [
  "add",
  "multiply",
  "concat",
  "attend",
  "gate",
  "match",
];

/**
 * A network as JSON text, indented by `indent` spaces (none by default).
 *
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
export function toJSON(net: Net, indent = 0): string {
  return JSON.stringify({ netfold: VERSION, net }, null, indent);
}

/** The network that a JSON text describes, or everything that is wrong with the text. */
export function fromJSON(text: string): Result<Net> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // A SyntaxError for text that is not JSON, a RangeError for nesting that exhausts the stack.
    return fail({
      path: "",
      layer: "JSON",
      code: error instanceof RangeError ? "too-deep" : "not-json",
      rule: error instanceof RangeError ? "the nesting is too deep" : "the text is not JSON",
      got: error instanceof Error ? error.message : `${error}`,
      wanted: 'text such as {"netfold": 1, "net": {...}}',
      hint: "write networks with toJSON()",
    });
  }
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
  const problems: Problem[] = [];
  const net = decode(value.net, "net", 1, problems);
  return net !== undefined && problems.length === 0 ? right(net) : left(problems);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const FIELDS: Readonly<Record<Net["kind"], readonly string[]>> = {
  layer: ["kind", "layer", "frozen"],
  chain: ["kind", "nets"],
  fork: ["kind", "merge", "branches"],
  named: ["kind", "name", "numbering", "net"],
};

function isKind(kind: unknown): kind is Net["kind"] {
  return typeof kind === "string" && Object.hasOwn(FIELDS, kind);
}

/** The network at `path`; undefined once a problem has been noted that leaves nothing to build. */
function decode(
  value: unknown,
  path: string,
  level: number,
  problems: Problem[],
): Net | undefined {
  const note = (
    where: string,
    rule: string,
    got: unknown,
    wanted: string,
    hint = "",
  ): undefined => {
    problems.push({
      path: where,
      layer: "JSON",
      code: "invalid-network",
      rule,
      got: show(got),
      wanted,
      hint,
    });
  };
  if (level > DEEPEST) {
    return note(
      path,
      "the nesting is too deep",
      level,
      `at most ${DEEPEST} levels`,
    );
  }
  const kinds = Object.keys(FIELDS);
  if (!isRecord(value)) {
    return note(path, "a network is an object", value, "an object with a kind");
  }
  const { kind } = value;
  if (!isKind(kind)) {
    const hint = closest(kind, kinds, "");
    return note(
      `${path}.kind`,
      "the kind of network is unknown",
      kind,
      kinds.join(", "),
      hint,
    );
  }
  for (
    const field of Object.keys(value).filter((field) => !FIELDS[kind].includes(field))
  ) {
    note(
      `${path}.${field}`,
      `a ${kind} has no such field`,
      value[field],
      FIELDS[kind].join(", "),
    );
  }
  const list = (items: unknown, at: string): Net[] | undefined => {
    if (!Array.isArray(items)) {
      return note(at, "the field must hold networks", items, "an array");
    }
    return items.map((item, i) => decode(item, `${at}[${i}]`, level + 1, problems))
      .filter((item) => item !== undefined);
  };
  switch (kind) {
    case "layer": {
      const part = decodeLayer(value.layer, `${path}.layer`, problems);
      if (value.frozen === undefined) return part;
      if (value.frozen !== true) {
        return note(
          `${path}.frozen`,
          "the field may only say true",
          value.frozen,
          "true, or nothing",
        );
      }
      return part && withFrozen(part, true);
    }
    case "chain": {
      const nets = list(value.nets, `${path}.nets`);
      return nets && chainOf(nets);
    }
    case "fork": {
      const merge = MERGES.find((merge) => merge === value.merge);
      const branches = list(value.branches, `${path}.branches`);
      if (merge === undefined) {
        const hint = closest(value.merge, MERGES, "");
        const wanted = MERGES.join(", ");
        return note(
          `${path}.merge`,
          "the merge is unknown",
          value.merge,
          wanted,
          hint,
        );
      }
      return branches && forkOf(merge, branches);
    }
    case "named": {
      const net = decode(value.net, `${path}.net`, level + 1, problems);
      const { name } = value;
      const numbering = NUMBERINGS.find((numbering) => numbering === value.numbering);
      if (typeof name !== "string") {
        note(`${path}.name`, "a name is text", name, "a word that can stand in a path");
      }
      if (numbering === undefined) {
        const wanted = NUMBERINGS.join(", ");
        note(`${path}.numbering`, "the numbering is unknown", value.numbering, wanted);
      }
      if (net === undefined || typeof name !== "string" || numbering === undefined) return;
      return nameOf(name, numbering, net);
    }
  }
}

function decodeLayer(
  value: unknown,
  path: string,
  problems: Problem[],
): LayerNet | undefined {
  const type = isRecord(value) ? value.type : undefined;
  if (!isRecord(value) || !isLayerType(type)) {
    const types = Object.keys(LAYERS);
    problems.push({
      path: `${path}.type`,
      layer: "JSON",
      code: "unknown-layer",
      rule: "the layer is unknown",
      got: show(isRecord(value) ? type : value),
      wanted: types.join(", "),
      hint: closest(type, types, ""),
    });
    return undefined;
  }
  const faults = configurationFaults(type, value);
  for (const { field, ...fault } of faults) {
    problems.push({ path: `${path}.${field}`, layer: type, ...fault });
  }
  // Every field has been checked against the layer's own table of fields.
  return faults.length === 0 ? layer(value as unknown as Layer) : undefined;
}
