/**
 * The plan: the tree of a network with names, shapes, parameters, costs and
 * meanings filled in, in which nothing can be wrong any more.
 */
import type { Configuration, Merge } from "../net/net.ts";
import type { Shape } from "../net/shape.ts";
import type { MergeRule } from "./merge_rule.ts";
import type { Cost, Meaning, Parameter } from "./rule.ts";

/** What every planned part has. */
export interface Planned<Kind extends string = string> {
  /** The tag. */
  readonly kind: Kind;
  /** Its path: its own name under the names around it. */
  readonly path: string;
  /** The shape of what goes in, without the batch. */
  readonly input: Shape;
  /** The shape of what comes out. */
  readonly output: Shape;
}

/** A planned layer. */
export interface LayerPlan extends Planned<"layer"> {
  /** The configuration. */
  readonly layer: Configuration;
  /** What its rule says of it. */
  readonly meaning: Meaning;
  /** Whether training leaves it as it is. */
  readonly frozen: boolean;
  /** Its parameters; each one's full name is the path (its home's, if it has one), a dot and its name. */
  readonly parameters: readonly Parameter[];
  /** The path of the layer whose parameters it shares, at all but the first place of a shared part. */
  readonly home?: string;
  /** The price of one pass over one image. */
  readonly cost: Cost;
}

/** A planned chain. */
export interface ChainPlan extends Planned<"chain"> {
  /** The parts, in order. */
  readonly parts: readonly Plan[];
}

/** A planned fork. */
export interface ForkPlan extends Planned<"fork"> {
  /** How the branches become one. */
  readonly merge: Merge;
  /** The merge's rule. */
  readonly meaning: MergeRule;
  /** The branches. */
  readonly branches: readonly Plan[];
  /** The price of the merge alone. */
  readonly cost: Cost;
}

/** A planned named part. */
export interface NamedPlan extends Planned<"named"> {
  /** The path of the part whose parameters it shares, at all but the first place of a shared part. */
  readonly home?: string;
  /** The part. */
  readonly body: Plan;
}

/** A network that fits its input. */
export type Plan = LayerPlan | ChainPlan | ForkPlan | NamedPlan;
