/** A user's own training: a loss, Lion and a schedule by hand, on images of CIFAR-10. */
import { eachParameter, type Loss, orThrow, points } from "@netfold/netfold";
import {
  add,
  logSoftmax,
  mean,
  multiply,
  scale,
  sign,
  square,
  subtract,
  sum,
} from "@netfold/netfold/graph";
import { cifar10, type Dataset, limit } from "@netfold/netfold/data";

/** Cross-entropy and a share of its square, which counts what is surely wrong more. */
export const loss: Loss = {
  kind: "squared-entropy",
  options: { share: 0.1 },
  build: (graph, logits, targets) => {
    const each = sum(graph, multiply(graph, targets, logSoftmax(graph, logits)), [1]);
    return mean(graph, subtract(graph, scale(graph, square(graph, each), 0.1), each));
  },
};

/** Lion (Chen et al., 2023). */
export const optimizer = eachParameter({
  kind: "own-lion",
  options: { decay: 0.01 },
  update: ({ graph, rate }, { value, gradient, kept, keep }) => {
    const mixed = (share: number) =>
      add(graph, scale(graph, kept("momentum"), share), scale(graph, gradient, 1 - share));
    keep("momentum", mixed(0.99));
    const change = add(graph, sign(graph, mixed(0.9)), scale(graph, value, 0.01));
    return subtract(graph, value, multiply(graph, change, rate));
  },
});

/** A triangle: up over the first third of the run, then down to a tenth. */
export const schedule = points([0, 0.1], [1 / 3, 1], [1, 0.1]);

const cifar = orThrow(await cifar10());

/** 320 training and 40 test images. */
export const dataset: Dataset = {
  ...cifar,
  train: orThrow(limit(cifar.train, 320, [0, 1])),
  test: orThrow(limit(cifar.test, 40, [0, 1])),
};
