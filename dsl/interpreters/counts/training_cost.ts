/**
 * What a step of training costs, counted on the very program that trains: the
 * forward pass, the gradients with respect to maps and to parameters, and the
 * optimiser's update.
 */
import { counted } from "../../plan/countable.ts";
import { type Graph, judgedGraph, type Node, type ValueId } from "../../graph/graph.ts";
import { type TrainingOptions, trainingStep } from "../../programs/training_step.ts";
import type { Cost } from "../../plan/rule.ts";
import type { Plan } from "../../plan/plan.ts";
import { type MemoryUse, memoryUse } from "./memory.ts";
import { COST } from "./cost.ts";
import { operationCost } from "./operation_cost.ts";
import { concatAll, struct } from "../../problem/monoid.ts";

/** The cost of a step for its whole batch. */
export interface TrainingCost {
  /** From the images to the loss. */
  readonly forward: Cost;
  /** Gradients with respect to maps and vectors, which carry the loss back. */
  readonly inputGradient: Cost;
  /** Gradients with respect to kernels, biases and other parameters. */
  readonly filterGradient: Cost;
  /** The optimiser's changes, and the running statistics. */
  readonly update: Cost;
  /** Everything together. */
  readonly total: Cost;
}

type Phase = Exclude<keyof TrainingCost, "total">;

/**
 * The cost of a training step, as `trainingStep` made it. A batch norm's
 * gradient, which gives all its gradients at once, counts with the maps.
 *
 * @example A step costs three passes, but for the first layer's unneeded input gradient
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, orThrow, plan, trainingCost, trainingStep } from "@netfold/netfold";
 * import { conv, dense, flatten } from "@netfold/netfold/layers";
 *
 * const planned = orThrow(plan(chain(conv(4, { kernel: 3 }), flatten(), dense(10)), [8, 8, 3]));
 * const step = trainingCost(trainingStep(planned, { batch: 2, optimizer: { kind: "sgd" } }));
 * assertEquals(step.forward.macs, 2 * (8 * 8 * 4 * 27 + 256 * 10));
 * assertEquals(step.filterGradient.macs, step.forward.macs);
 * assertEquals(step.inputGradient.macs, 2 * 256 * 10);
 * ```
 */
export function trainingCost(step: Graph): TrainingCost {
  judgedGraph(step);
  const phases = phasesOf(step);
  const shapes = (values: readonly ValueId[]) => values.map((value) => step.shapes[value] ?? []);
  const sum = concatAll(PHASES);
  const parts = sum(step.nodes.map((node) => ({
    ...PHASES.empty,
    [phases.get(node) ?? "forward"]: operationCost(
      node.op,
      shapes(node.inputs),
      shapes(node.results),
    ),
  })));
  const total = concatAll(COST)(Object.values(parts));
  counted(total.flops, "FLOPs");
  return { ...parts, total };
}

const PHASES = /* @__PURE__ */ struct<Record<Phase, Cost>>({
  forward: COST,
  inputGradient: COST,
  filterGradient: COST,
  update: COST,
});

/**
 * The phase of every node, seen from the end: what gives state its next value
 * is the update, what an output or a running statistic needs is the forward
 * pass, what only updates read is a gradient of parameters, and the rest carries gradients back.
 */
function phasesOf(step: Graph): ReadonlyMap<Node, Phase> {
  const next = new Set<ValueId>(step.state.map(({ after }) => after));
  const forward = new Set<ValueId>(step.outputs.map(({ value }) => value));
  const carried = new Set<ValueId>();
  const phases = new Map<Node, Phase>();
  for (const node of step.nodes.toReversed()) {
    const gives = (values: ReadonlySet<ValueId>) => node.results.some((value) => values.has(value));
    const phase = gives(forward)
      ? "forward"
      : gives(next)
      ? "update"
      : gives(carried)
      ? "inputGradient"
      : "filterGradient";
    phases.set(node, phase);
    // Running statistics are made of the forward pass, other state of gradients.
    const isForward = phase === "forward" || node.op.op === "blend";
    if (phase === "update" && !isForward) continue;
    // The gradients of a shared parameter are those of its places, added.
    if (phase === "filterGradient" && node.op.op === "add") continue;
    for (const input of node.inputs) (isForward ? forward : carried).add(input);
  }
  return phases;
}

/** What training a network takes. */
export interface TrainingNeeds {
  /** Images in a step. */
  readonly batch: number;
  /** The cost of a step. */
  readonly cost: TrainingCost;
  /** The memory of a step, in bytes. */
  readonly memory: MemoryUse;
}

/**
 * The cost and the memory of one step of training.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { orThrow, plan, trainingNeeds } from "@netfold/netfold";
 * import { attention56 } from "@netfold/netfold/nets";
 *
 * const planned = orThrow(plan(attention56(), [32, 32, 3]));
 * const { cost, memory } = trainingNeeds(planned, { batch: 64, optimizer: { kind: "sgd" } });
 * assert(cost.total.macs < 3 * cost.forward.macs);
 * assert(memory.peak > memory.state);
 * ```
 */
export function trainingNeeds(plan: Plan, options: TrainingOptions): TrainingNeeds {
  const step = trainingStep(plan, options);
  return { batch: options.batch, cost: trainingCost(step), memory: memoryUse(step) };
}
