/**
 * What an optimiser is: the next values of all trained parameters, as operations of the tensor
 * program. What it keeps between steps is state beside the parameters, under names that begin with
 * `@`, which no part of a network can have; such state starts at zero.
 */
import { ANYTHING, FUNCTION } from "../../problem/expect.ts";
import { ownValue } from "../../problem/own.ts";
import { show } from "../../problem/show.ts";
import { ProblemError } from "../../problem/throw.ts";
import { sameShape } from "../../net/shape.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { ValueId } from "../../graph/graph.ts";
import type { Tensors } from "../../graph/tensors.ts";
import type { NamedParameter } from "../../plan/parameters.ts";
import { KIND, type Options } from "../meaning.ts";
import type { Schedule, ScheduleName } from "../schedule.ts";

/** How the names begin of what an optimiser keeps; no part of a network can be named so. */
export const OPTIMIZER_PREFIX = "@";

/** A parameter that is trained, with its values in the program. */
export interface Trained {
  /** The parameter. */
  readonly parameter: NamedParameter;
  /** Its value before the step. */
  readonly value: ValueId;
  /** Its gradient. */
  readonly gradient: ValueId;
}

/** A step of an optimiser. */
export interface OptimizerStep {
  /** Where operations are added. */
  readonly graph: GraphBuilder;
  /** The learning rate, a scalar. */
  readonly rate: ValueId;
  /** The learning rate of another schedule than the run's, a scalar. */
  readonly rateOf: (schedule: Schedule | ScheduleName) => ValueId;
  /** Every parameter that the optimiser is asked for, frozen ones and running statistics too; those that are trained when left out. */
  readonly parameters?: readonly NamedParameter[];
}

/** How parameters are changed. */
export interface Optimizer {
  /** Its name in run folders, another than those of netfold's. */
  readonly kind: string;
  /** Its options, recorded beside its name. */
  readonly options?: Options;
  /** Adds the update of all parameters; gives their next values, in their order. */
  readonly update: (step: OptimizerStep, trained: readonly Trained[]) => readonly ValueId[];
  /** The weights to measure and to keep, from those of a state; the last step's when left out. */
  readonly weights?: (state: Tensors) => Tensors;
}

/** How each parameter is changed by itself. */
export interface EachParameter {
  /** Its name in run folders, another than those of netfold's. */
  readonly kind: string;
  /** Its options, recorded beside its name. */
  readonly options?: Options;
  /** Adds the update of one parameter; gives its next value. */
  readonly update: (step: OptimizerStep, trained: TrainedAlone) => ValueId;
}

const OWN = { kind: KIND, options: ANYTHING, update: FUNCTION };

/** A parameter, with a place for what its optimiser keeps of it. */
export interface TrainedAlone extends Trained {
  /** What was kept of the parameter under a name, a tensor of its shape; zeros at first. */
  readonly kept: (name: string) => ValueId;
  /** Keeps a value for the next step. */
  readonly keep: (name: string, value: ValueId) => void;
}

/**
 * The next values of parameters by an optimiser.
 *
 * @throws {ProblemError} When it does not give one for each, a value of the program of its shape.
 */
export function nextOf(
  { kind, update }: Pick<Optimizer, "kind" | "update">,
  step: OptimizerStep,
  trained: readonly Trained[],
): readonly ValueId[] {
  const { graph } = step;
  const next = update(step, trained);
  if (!Array.isArray(next)) throw notUpdated("", `${kind} gives ${show(next)}`);
  trained.forEach(({ parameter: { path, shape } }, i) => {
    const value: unknown = next[i];
    if (typeof value !== "number" || !graph.has(value)) {
      throw notUpdated(path, `${kind} gives ${show(value)}`);
    }
    if (sameShape(graph.shapeOf(value), shape)) return;
    throw notUpdated(path, `${kind} gives a value of [${graph.shapeOf(value).join(", ")}]`);
  });
  if (next.length === trained.length) return next;
  throw notUpdated("", `${kind} gives ${next.length} for ${trained.length} parameters`);
}

function notUpdated(path: string, got: string): ProblemError {
  return new ProblemError([{
    path,
    layer: "optimizer",
    code: "parameter-not-updated",
    rule: "an optimiser must give the next value of every parameter, in its shape",
    got,
    wanted: "one value for each parameter, in their order",
    hint: "return the next value",
  }]);
}

/**
 * An optimiser that changes each parameter by itself.
 *
 * @example Gradient descent by the sign of the momentum
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, eachParameter, orThrow, plan, trainingStep } from "@netfold/netfold";
 * import { add, multiply, scale, sign, subtract } from "@netfold/netfold/graph";
 * import { dense } from "@netfold/netfold/layers";
 *
 * const signed = eachParameter({
 *   kind: "signed",
 *   options: { momentum: 0.9 },
 *   update: ({ graph, rate }, { value, gradient, kept, keep }) => {
 *     const momentum = add(graph, scale(graph, kept("momentum"), 0.9), gradient);
 *     keep("momentum", momentum);
 *     return subtract(graph, value, multiply(graph, sign(graph, momentum), rate));
 *   },
 * });
 * const planned = orThrow(plan(chain(dense(2)), [4]));
 * const program = trainingStep(planned, { batch: 8, optimizer: signed });
 * assertEquals(program.state.map(({ name }) => name).filter((name) => name.startsWith("@")), [
 *   "@signed.momentum/dense1.kernel",
 *   "@signed.momentum/dense1.bias",
 * ]);
 * ```
 */
export function eachParameter(own: EachParameter): Optimizer {
  const { kind, options = {}, update } = ownValue(own, OWN, "what an optimiser is");
  return {
    kind,
    options,
    update: (step, all) =>
      all.map((trained) => {
        const { path, shape } = trained.parameter;
        const { graph } = step;
        graph.at(path);
        const nameOf = (name: string) => `${OPTIMIZER_PREFIX}${kind}.${name}/${path}`;
        return update(step, {
          ...trained,
          kept: (name) => graph.state(nameOf(name), shape),
          keep: (name, value) => {
            graph.state(nameOf(name), shape);
            graph.update(nameOf(name), value);
          },
        });
      }),
  };
}
