/** A user's own training: a loss, Lion and a schedule, written by hand as operations of a graph. */
import { type Graph, lower, parametersOf, type ValueId } from "@netfold/netfold";
import {
  add,
  gradients,
  GraphBuilder,
  logSoftmax,
  mean,
  multiply,
  scale,
  sign,
  subtract,
  sum,
} from "@netfold/netfold/graph";
import { input, planned } from "./language.ts";

export const batch = 8;

/** The parameters that are trained; running statistics are not. */
export const trained = parametersOf(planned).filter(({ role }) => !role.startsWith("running"));

/** Cross-entropy with the rate of a wrong answer squared out: a focal loss of its first two terms. */
function loss(graph: GraphBuilder, logits: ValueId, targets: ValueId): ValueId {
  const each = scale(
    graph,
    sum(graph, multiply(graph, targets, logSoftmax(graph, logits)), [1]),
    -1,
  );
  return mean(graph, add(graph, each, scale(graph, multiply(graph, each, each), 0.1)));
}

/** Adds the forward pass and the gradient of each trained parameter. */
function differentiated(graph: GraphBuilder) {
  const images = graph.input("images", [batch, ...input]);
  const logits = lower(graph, planned, images, "training");
  const value = loss(graph, logits, graph.input("targets", [batch, 10]));
  const values = trained.map(({ path, shape }) => graph.state(path, shape));
  const slopes = gradients(graph, value, values);
  return { value, values, slopes: values.map((parameter) => slopes.get(parameter) ?? NaN) };
}

/** The gradients of the loss, as outputs. */
export function gradientProgram(): Graph {
  const graph = new GraphBuilder();
  const { value, slopes } = differentiated(graph);
  const outputs = trained.map(({ path }, i) => ({ name: path, value: slopes[i] ?? NaN }));
  return graph.finish("gradients", [{ name: "loss", value }, ...outputs]);
}

/** One step of Lion (Chen et al., 2023), by hand. */
export function lionProgram(): Graph {
  const graph = new GraphBuilder();
  const { value, values, slopes } = differentiated(graph);
  const rate = graph.input("rate", []);
  trained.forEach(({ path, shape }, i) => {
    const [parameter = NaN, slope = NaN] = [values[i], slopes[i]];
    const momentum = graph.state(`@lion/${path}`, shape);
    const mixed = (share: number) =>
      add(graph, scale(graph, momentum, share), scale(graph, slope, 1 - share));
    const change = add(graph, sign(graph, mixed(0.9)), scale(graph, parameter, 0.01));
    graph.update(path, subtract(graph, parameter, multiply(graph, change, rate)));
    graph.update(`@lion/${path}`, mixed(0.99));
  });
  return graph.finish("lion", [{ name: "loss", value }]);
}

/** A triangle: up over the first third of the run, then down to a tenth. */
export function rateAt(step: number, total: number): number {
  const done = step / total;
  return 0.003 * (done < 1 / 3 ? 0.1 + 2.7 * done : 1 - 1.35 * (done - 1 / 3));
}

/** The images and targets of a step. */
export function batchAt(step: number, { pixels, labels, count }: {
  readonly pixels: Uint8Array;
  readonly labels: ArrayLike<number>;
  readonly count: number;
}) {
  const size = 32 * 32 * 3;
  const images = new Float32Array(batch * size);
  const targets = new Float32Array(batch * 10);
  for (let i = 0; i < batch; i++) {
    const image = (step * batch + i) % count;
    for (let at = 0; at < size; at++) {
      images[i * size + at] = (pixels[image * size + at] ?? 0) / 128 - 1;
    }
    targets[i * 10 + (labels[image] ?? 0)] = 1;
  }
  return { images, targets };
}
