/** What a loss is: a scalar of a network's logits and what they should be. */
import type { GraphBuilder } from "../../graph/builder.ts";
import type { ValueId } from "../../graph/graph.ts";
import type { TensorShape } from "../../graph/op.ts";
import type { Options } from "../meaning.ts";

/** Adds a scalar of logits and targets to a program. */
export type Figure = (graph: GraphBuilder, logits: ValueId, targets: ValueId) => ValueId;

/**
 * A loss.
 *
 * @example Mean absolute error, written by hand
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, type Loss, orThrow, plan, sgd, trainingStep } from "@netfold/netfold";
 * import { abs, mean, subtract } from "@netfold/netfold/graph";
 * import { dense } from "@netfold/netfold/layers";
 *
 * const absolute: Loss = {
 *   kind: "absolute",
 *   build: (graph, logits, targets) => mean(graph, abs(graph, subtract(graph, logits, targets))),
 * };
 * const planned = orThrow(plan(chain(dense(3)), [4]));
 * const program = trainingStep(planned, { batch: 8, optimizer: sgd(), loss: absolute });
 * assertEquals(program.outputs.map(({ name }) => name), ["loss", "accuracy", "logits"]);
 * ```
 */
export interface Loss {
  /** Its name in run folders, another than those of netfold's. */
  readonly kind: string;
  /** Its options, recorded beside its name. */
  readonly options?: Options;
  /** The targets' shape for logits of a shape, batch first; nothing when it takes no such logits. As the logits when left out. */
  readonly targets?: (logits: TensorShape) => TensorShape | undefined;
  /** Adds the loss, a scalar: the mean over the batch. */
  readonly build: Figure;
  /** Adds the share of right answers, a scalar; by default that of rows whose largest entries agree, where logits are vectors. */
  readonly accuracy?: Figure;
}
