/**
 * The part of a file that is the network's state dict: all of it, or what stands under one name, as
 * in a training's checkpoint (`state_dict`, `model`, `net`, `ema`, ...) or a module around the
 * network (`module.`, `model.`). Names decide nothing; the part is the one in which every parameter
 * finds its tensor.
 */
import type { Tensors } from "../../dsl/graph/tensors.ts";
import { closest } from "../../dsl/problem/suggest.ts";
import { refused, type Result, right } from "../fp.ts";

/** Tensors by their names within the part. */
export interface Part {
  /** What stands before each name, without the dot; empty for the whole. */
  readonly prefix: string;
  readonly tensors: Tensors;
}

/** Names in checkpoints around a state dict; what does not fit is said of the first of them. */
const AROUND = [
  ...["state_dict", "model_state_dict", "model_state", "model", "network", "net", "weights"],
  ...["params", "module", "_orig_mod", "ema_state_dict", "state_dict_ema", "model_ema", "ema"],
];

/** Parts within parts that are looked at. */
const DEEPEST = 4;

/** The part under a name that was given. */
export function partUnder(tensors: Tensors, key: string): Result<Part> {
  const prefix = key.replace(/\.$/, "");
  const part = within({ prefix: "", tensors }, prefix);
  if (part.tensors.size > 0) return right(part);
  const names = partsOf({ prefix: "", tensors }).map((part) => part.prefix);
  const known = names.length === 0 ? "no key" : names.slice(0, 8).join(", ");
  return refused({ path: "--key", layer: "option", code: "unknown-key" }, {
    rule: "the key must be one under which the file has tensors",
    got: JSON.stringify(key),
    wanted: names.length > 8 ? `${known} ...` : known,
    hint: closest(key, names, "leave --key out for a file that is a state dict"),
  });
}

/** Whether tensors are the network's; the first test that a part passes decides. */
type Tests = readonly ((tensors: Tensors) => boolean)[];

/**
 * The outermost part that fits the network; where none does, the one that is most likely meant.
 * Fails when several beside each other fit.
 */
export function partThatFits(whole: Part, path: string, [fits, ...others]: Tests): Result<Part> {
  if (fits === undefined) return right(likely(whole));
  let parts: readonly Part[] = [whole];
  for (let depth = 0; depth < DEEPEST && parts.length > 0; depth++) {
    const fitting = parts.filter(({ tensors }) => fits(tensors));
    const [one] = fitting;
    if (fitting.length > 1) return several(path, fitting);
    if (one !== undefined) return right(one);
    parts = parts.flatMap(partsOf);
  }
  return partThatFits(whole, path, others);
}

/** What stands under each first name. */
function partsOf({ prefix, tensors }: Part): readonly Part[] {
  const inside = [...tensors].filter(([name]) => name.includes("."));
  const grouped = Map.groupBy(inside, ([name]) => name.slice(0, name.indexOf(".")));
  return [...grouped].map(([first, members]) => ({
    prefix: [prefix, first].filter((name) => name !== "").join("."),
    tensors: new Map(members.map(([name, tensor]) => [name.slice(first.length + 1), tensor])),
  }));
}

function within({ prefix, tensors }: Part, name: string): Part {
  const start = `${name}.`;
  const inside = [...tensors].flatMap(([full, tensor]) =>
    full.startsWith(start) ? [[full.slice(start.length), tensor] as const] : []
  );
  return { prefix: prefix === "" ? name : `${prefix}.${name}`, tensors: new Map(inside) };
}

/** The part within all names that checkpoints have around a state dict. */
function likely(part: Part): Part {
  const firsts = new Set([...part.tensors.keys()].map((name) => name.split(".")[0]));
  const around = AROUND.find((name) => firsts.has(name));
  const inner = around === undefined ? undefined : within(part, around);
  return inner === undefined || inner.tensors.size === 0 ? part : likely(inner);
}

function several(path: string, parts: readonly Part[]): Result<never> {
  const names = parts.map(({ prefix }) => prefix);
  return refused({ path, layer: "state dict", code: "several-state-dicts" }, {
    rule: "it must be known which state dict of the file is meant",
    got: names.join(", "),
    wanted: "one of them",
    hint: `choose it: ${names.map((name) => `--key ${name}`).join(" or ")}`,
  });
}
