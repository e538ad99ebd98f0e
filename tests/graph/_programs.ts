/** Programs of planned networks before any rewrite, and random numbers to run them on in float64. */
import { GraphBuilder } from "../../dsl/graph/builder.ts";
import type { Graph, ValueId } from "../../dsl/graph/graph.ts";
import { lower } from "../../dsl/programs/lower.ts";
import type { Trained } from "../../dsl/programs/optimizers/optimizer.ts";
import { optimizerOf } from "../../dsl/programs/optimizers/optimizers.ts";
import { gradients } from "../../dsl/graph/reverse.ts";
import { isTrainable, parametersOf } from "../../dsl/plan/parameters.ts";
import { type AnyOptimizer, orThrow, type Plan } from "../../mod.ts";
import { size } from "../_reference_value.ts";
import { draws, type Numbers } from "./_differences.ts";

/** The inference program as lowering makes it: nothing folded, fused or removed. */
export function plainInference(plan: Plan, batch: number): Graph {
  const graph = new GraphBuilder();
  const images = graph.input("images", [batch, ...plan.input]);
  const value = lower(graph, plan, images, "inference");
  return graph.finish("plain inference", [{ name: "logits", value }]);
}

/** The loss of a network in training, in a builder that can go on. */
export function trainingLoss(
  graph: GraphBuilder,
  plan: Plan,
  options: { readonly batch: number; readonly labelSmoothing?: number },
): { readonly loss: ValueId; readonly images: ValueId; readonly logits: ValueId } {
  const images = graph.input("images", [options.batch, ...plan.input]);
  const logits = lower(graph, plan, images, "training");
  const targets = graph.input("targets", graph.shapeOf(logits));
  const smoothing = options.labelSmoothing ?? 0;
  const loss = graph.apply({ op: "softmaxCrossEntropy", smoothing }, [logits, targets]);
  return { loss, images, logits };
}

/** The training step with nothing fused or removed; outputs the loss. */
export function plainTrainingStep(
  plan: Plan,
  options: { readonly batch: number; readonly optimizer: AnyOptimizer },
): Graph {
  const graph = new GraphBuilder();
  const { loss } = trainingLoss(graph, plan, options);
  const parameters = parametersOf(plan).filter(isTrainable);
  const values = parameters.map(({ path, shape }) => graph.state(path, shape));
  const slopes = gradients(graph, loss, values);
  const rate = graph.input("rate", []);
  const trained = parameters.map((parameter, i): Trained => {
    const value = values[i] ?? NaN;
    return { parameter, value, gradient: slopes.get(value) ?? NaN };
  });
  const next = orThrow(optimizerOf(options.optimizer))
    .update({ graph, rate, rateOf: () => rate }, trained);
  parameters.forEach(({ path }, i) => graph.update(path, next[i] ?? NaN));
  return graph.finish("plain training step", [{ name: "loss", value: loss }]);
}

/** Random numbers for a state: no parameter at its start, running variances positive. */
export function randomState(graph: Graph, label = ""): Numbers {
  return Object.fromEntries(graph.state.map(({ name, before }) => {
    const shape = graph.shapes[before] ?? [];
    const numbers = draws(`${label} ${name}`, size(shape));
    const fanIn = size(shape.slice(0, -1));
    if (name.endsWith("kernel")) return [name, numbers.map((x) => x / Math.sqrt(fanIn))];
    if (name.endsWith("variance")) return [name, numbers.map((x) => 0.5 + x * x)];
    if (name.endsWith("gamma")) return [name, numbers.map((x) => 1 + x / 3)];
    return [name, numbers.map((x) => x / 3)];
  }));
}

/** Random images, targets that are distributions, and the scalars that a program is fed. */
export function randomInputs(graph: Graph, label = ""): Numbers {
  return Object.fromEntries(graph.inputs.map(({ name, value }) => {
    const shape = graph.shapes[value] ?? [];
    const numbers = draws(`${label} ${name}`, size(shape));
    if (name === "rate") return [name, Float64Array.of(0.1)];
    if (name === "seed") return [name, Float64Array.of(17)];
    if (name !== "targets") return [name, numbers];
    const classes = shape.at(-1) ?? 1;
    const powers = numbers.map(Math.exp);
    return [
      name,
      powers.map((x, i) => {
        const row = i - i % classes;
        return x / powers.subarray(row, row + classes).reduce((a, b) => a + b, 0);
      }),
    ];
  }));
}
