/**
 * Optimisers as data: what a run folder records, and what the functions of {@link optimizers.ts}
 * make. `clip`, `ema`, `groups` and `muon` hold others.
 */
import type { ParameterRole } from "../../plan/rule.ts";
import type { Recorded } from "../meaning.ts";
import type { Schedule, ScheduleName } from "../schedule.ts";
import type { Optimizer } from "./optimizer.ts";

/** Which parameters weight decay shrinks: all, as in the paper, or kernels only. */
export type DecayScope = "all" | "kernels";

/** Options of weight decay. */
export interface DecayOptions {
  /** Weight decay; 1e-4 of SGD, 0.01 of AdamW and Lion by default. */
  readonly weightDecay?: number;
  /** What is decayed; by default everything by SGD, kernels by AdamW and Lion. */
  readonly decay?: DecayScope;
}

/** Options of momentum. */
export interface MomentumOptions {
  /** The share of the momentum that is kept; 0.9 of SGD, 0.95 of Muon by default. */
  readonly momentum?: number;
  /** Nesterov's variant; by default it is. */
  readonly nesterov?: boolean;
}

/** Stochastic gradient descent with momentum; weight decay is part of the gradient. */
export type SgdOptions = Recorded<"sgd"> & MomentumOptions & DecayOptions;

/** Adam with decoupled weight decay (Loshchilov and Hutter, 2019). */
export interface AdamWOptions extends Recorded<"adamw">, DecayOptions {
  /** Decay of the first moment; 0.9 by default. */
  readonly beta1?: number;
  /** Decay of the second moment; 0.999 by default. */
  readonly beta2?: number;
  /** Added to the root of the second moment; 1e-8 by default. */
  readonly epsilon?: number;
}

/** Lion: the sign of an interpolated momentum (Chen et al., 2023), with decoupled weight decay. */
export interface LionOptions extends Recorded<"lion">, DecayOptions {
  /** The momentum's share in the step's direction; 0.9 by default. */
  readonly beta1?: number;
  /** The share of the momentum that is kept; 0.99 by default. */
  readonly beta2?: number;
}

/** Muon: momentum made orthogonal, for kernels as matrices of `[the rest, outputs]` (Jordan et al., 2024). */
export interface MuonOptions extends Recorded<"muon">, MomentumOptions {
  /** Newton-Schulz iterations; 5 by default. */
  readonly iterations?: number;
  /** Decoupled weight decay of kernels; 0 by default. */
  readonly weightDecay?: number;
  /**
   * Whether a kernel is scaled to the norm sqrt(outputs) before each update. Not by default: then
   * the update is scaled by sqrt(max(1, outputs / the rest)).
   */
  readonly rescale?: boolean;
  /** What changes the parameters that are no kernels; `sgd()` by default. */
  readonly others?: AnyOptimizer;
}

/** Gradients scaled down together when their common norm is too large. */
export interface ClipOptions extends Recorded<"clip"> {
  /** The largest norm of all gradients together. */
  readonly norm: number;
  /** What changes the parameters. */
  readonly of: AnyOptimizer;
}

/** A running average of the weights and running statistics beside them. */
export interface AverageOptions extends Recorded<"ema"> {
  /** The share of the average that is kept. */
  readonly keep: number;
  /** What changes the parameters. */
  readonly of: AnyOptimizer;
}

/** Some parameters, and what is different for them; it is a problem when there are none. */
export interface Group {
  /** Parameters at this path or in the part there (`stem`, `stage1.module1.mask`); `*` stands for any part of a name. */
  readonly path?: string;
  /** Parameters of this role, one that is trained. */
  readonly role?: ParameterRole;
  /** A factor of the rate; 1 by default. */
  readonly rate?: number;
  /** A schedule of its own instead of the run's, or the name of one. */
  readonly schedule?: Schedule | ScheduleName;
  /** What changes them; as for the others by default. */
  readonly optimizer?: AnyOptimizer;
  /** Whether there may be no such parameters, as in a recipe for any network; not by default. */
  readonly optional?: boolean;
}

/** Groups of parameters that are changed in ways of their own. */
export interface GroupsOptions extends Recorded<"groups"> {
  /** The groups; a parameter belongs to the first that it fits. */
  readonly groups: readonly Group[];
  /** What changes the others. */
  readonly otherwise: AnyOptimizer;
}

/** An optimiser of netfold's, as data. */
export type OptimizerOptions =
  | SgdOptions
  | AdamWOptions
  | LionOptions
  | MuonOptions
  | ClipOptions
  | AverageOptions
  | GroupsOptions;

/** An optimiser of netfold's as data, or one of a user's own. */
export type AnyOptimizer = OptimizerOptions | Optimizer;
