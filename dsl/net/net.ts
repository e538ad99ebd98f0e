/**
 * The description of a network: plain immutable data that holds no tensor, no
 * function and no framework. Four constructors are enough for every network:
 * a layer, a chain, a fork whose branches all see the same input, and a name.
 */
import { expected, misfit, OPTIONS, TEXT, type Wanted } from "../problem/expect.ts";
import { bounded, judgedExtent, judgedRow } from "./extent.ts";

/** A layer's configuration: its type, and the fields that the type's rule names. */
export interface Configuration {
  /** The layer's type; a language gives it its meaning. */
  readonly type: string;
}

/**
 * How a fork's branches become one; a language gives the name its meaning. The
 * standard language has
 * - `add`, `multiply`, `maximum`: elementwise over branches of equal shape;
 * - `subtract`: the first of two less the second;
 * - `concat`: joined along the channels;
 * - `attend`: two branches, trunk T and soft mask M, become (1 + M) T;
 * - `gate`: trunk and mask become M T (naive attention learning);
 * - `modulate`: a map times a mask that is repeated over it, `[C]`, `1x1xC` or `HxWx1`;
 * - `spread`: numbers of positions, `HxWx1`, plus numbers of channels, `[C]` or `1x1xC`: a map;
 * - `match`: the second branch is resized, bilinearly with aligned corners, to
 *   the map of the first, which gives nothing but its size.
 */
export type Merge =
  | "add"
  | "subtract"
  | "multiply"
  | "maximum"
  | "concat"
  | "attend"
  | "gate"
  | "modulate"
  | "spread"
  | "match"
  | (string & Record<never, never>);

/** A single layer. */
export interface LayerNet {
  /** The tag. */
  readonly kind: "layer";
  /** The layer's configuration. */
  readonly layer: Configuration;
  /** There when training leaves the layer as it is; `freeze` sets it. */
  readonly frozen?: true;
}

/** Networks one after the other; the empty chain is the identity. */
export interface ChainNet {
  /** The tag. */
  readonly kind: "chain";
  /** The parts, in order. */
  readonly nets: readonly Net[];
}

/** Branches that see the same input and are merged. */
export interface ForkNet {
  /** The tag. */
  readonly kind: "fork";
  /** How the branches become one. */
  readonly merge: Merge;
  /** The branches, in order. */
  readonly branches: readonly Net[];
}

/**
 * Whether a part's name is followed by its number among the siblings of that
 * name: `never`, `always` (`unit1`, `unit2`), or from the second one on, when it
 * `repeats` (`mask`, `mask2`). A part that is `shared` is numbered like one that
 * repeats, and all of that name have the parameters of the first.
 */
export type Numbering = "never" | "always" | "repeats" | "shared";

/** A part with a name, which becomes a segment of the paths of all it holds. */
export interface NamedNet {
  /** The tag. */
  readonly kind: "named";
  /** The name, or the part of it before the number. */
  readonly name: string;
  /** Whether a number follows the name. */
  readonly numbering: Numbering;
  /** The part. */
  readonly net: Net;
}

/** A network, as a value. */
export type Net = LayerNet | ChainNet | ForkNet | NamedNet;

/**
 * The network of a single layer, from its configuration, of which it keeps a
 * copy. Name the configuration's type, `layer<Swish>({...})`, to have its
 * fields checked.
 *
 * @throws {ProblemError} When it is no configuration.
 */
export function layer<L extends Configuration>(configuration: L): LayerNet {
  expected(expected(configuration, OPTIONS).type, TEXT);
  return Object.freeze({ kind: "layer", layer: frozen(configuration) });
}

/** Whether a value that came from anywhere is a network; its parts are not looked at. */
export function isNet(value: unknown): value is Net {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  switch (value.kind) {
    case "layer":
      return "layer" in value && typeof value.layer === "object" && value.layer !== null &&
        "type" in value.layer && typeof value.layer.type === "string";
    case "chain":
      return "nets" in value && Array.isArray(value.nets);
    case "fork":
      return "branches" in value && Array.isArray(value.branches) && "merge" in value &&
        typeof value.merge === "string";
    case "named":
      return "name" in value && typeof value.name === "string" && "net" in value;
    default:
      return false;
  }
}

/** The same layer, frozen or not. */
export function withFrozen({ kind, layer }: LayerNet, isFrozen: boolean): LayerNet {
  return Object.freeze(isFrozen ? { kind, layer, frozen: true } : { kind, layer });
}

/** How deep a configuration may be; one that holds itself never ends. */
const DEEPEST = 100;

/** A copy of plain data that nothing can change. */
function frozen<T>(value: T, depth = 0): T {
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEEPEST) {
    const wanted = `plain data of at most ${DEEPEST} levels`;
    throw misfit(
      "a configuration is plain data",
      "more levels",
      wanted,
      "see whether it holds itself",
    );
  }
  const parts = Object.entries(value).filter(([, part]) => typeof part === "object");
  const copies = parts.map(([key, part]) => [key, frozen(part, depth + 1)] as const);
  const copy: object = Array.isArray(value) ? [...value] : { ...value };
  for (const [key, part] of copies) Object.defineProperty(copy, key, { value: part });
  // A copy with its parts copied has its original's type.
  return Object.freeze(copy) as T;
}

/** A network, of a value that came from anywhere. */
export const NET: Wanted = {
  fits: isNet,
  wanted: "a network",
  hint: "make it with conv(), chain(), fork() ... or read it with fromJSON()",
};

/** A part of a network that is being made, from a script that may give anything. */
export function part(net: Net): Net {
  return judgedExtent(expected(net, NET));
}

/** The chain of a list of networks, however long; what `chain` makes of its arguments. */
export function chainOf(nets: readonly Net[]): Net {
  judgedRow(nets);
  const flat = nets.map(part).flatMap((net) => net.kind === "chain" ? net.nets : [net]);
  const [only] = flat;
  return flat.length === 1 && only !== undefined
    ? only
    : bounded(Object.freeze({ kind: "chain", nets: Object.freeze(flat) }), flat);
}

/** The fork of a list of branches, however long; what `fork` makes of its arguments. */
export function forkOf(merge: Merge, branches: readonly Net[]): Net {
  const made = Object.freeze(branches.map(part));
  const net: ForkNet = { kind: "fork", merge: expected(merge, TEXT), branches: made };
  return bounded(Object.freeze(net), made);
}

/** A part with a name. */
export function nameOf(name: string, numbering: Numbering, net: Net): Net {
  const made: NamedNet = { kind: "named", name: expected(name, TEXT), numbering, net: part(net) };
  return bounded(Object.freeze(made), [net]);
}

/** Whether two networks, or two values of any plain data, are the same value. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (
    typeof a !== "object" || typeof b !== "object" || a === null || b === null
  ) return false;
  const left = Object.entries(a);
  const right = new Map(Object.entries(b));
  return Array.isArray(a) === Array.isArray(b) && left.length === right.size &&
    left.every(([key, value]) => right.has(key) && equal(value, right.get(key)));
}
