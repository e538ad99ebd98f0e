/**
 * Losses by value. Each function gives plain data that a run folder can hold; {@link lossOf} gives
 * it its meaning. All are means over the batch, in nats.
 */
import { ANYTHING, FUNCTION, settling } from "../../problem/expect.ts";
import {
  abs,
  exp,
  greater,
  log,
  multiply,
  reshape,
  scale,
  shift,
  square,
  subtract,
  sum,
} from "../../graph/arithmetic.ts";
import { clamp, logSoftmax, mean, softplus } from "../../graph/compose.ts";
import type { ValueId } from "../../graph/graph.ts";
import type { TensorShape } from "../../graph/op.ts";
import { sizeOf } from "../../net/shape.ts";
import { numberField } from "../../plan/fields.ts";
import type { Result } from "../../problem/result.ts";
import {
  FUNCTION_OR_NONE,
  KIND,
  type Kind,
  kind,
  made,
  maybe,
  readerOf,
  type Recorded,
} from "../meaning.ts";
import type { Figure, Loss } from "./loss.ts";

/** Cross-entropy of softmax, as data. */
export interface CrossEntropyOptions
  extends Recorded<"cross-entropy" | "cross-entropy-per-position"> {
  /** The share of each target that is spread evenly over all classes; 0 by default. */
  readonly smoothing?: number;
}

/** Focal loss, as data. */
export interface FocalOptions extends Recorded<"focal"> {
  /** How much less what is right already counts; 2 by default, 0 is cross-entropy. */
  readonly gamma?: number;
}

/** A loss without options, as data. */
export type PlainLossOptions = Recorded<"binary-cross-entropy" | "mean-squared-error">;

/** A loss of netfold's, as data. */
export type LossOptions = CrossEntropyOptions | FocalOptions | PlainLossOptions;

/** A loss of netfold's as data, or one of a user's own. */
export type AnyLoss = LossOptions | Loss;

/** Cross-entropy of softmax: logits and targets, which are distributions, of `[batch, classes]`. */
export function crossEntropy(options: Omit<CrossEntropyOptions, "kind"> = {}): CrossEntropyOptions {
  return made(lossOf, settling(options, { kind: "cross-entropy" }));
}

/** Cross-entropy of softmax at each position: logits and targets of `[batch, height, width, classes]`. */
export function crossEntropyPerPosition(
  options: Omit<CrossEntropyOptions, "kind"> = {},
): CrossEntropyOptions {
  return made(lossOf, settling(options, { kind: "cross-entropy-per-position" }));
}

/** Focal loss (Lin et al., 2017), of softmax: `-t (1 - p)^gamma log p`, summed over classes. */
export function focal(options: Omit<FocalOptions, "kind"> = {}): FocalOptions {
  return made(lossOf, settling(options, { kind: "focal" }));
}

/** Cross-entropy of sigmoid, the mean over labels of which several may hold; of any shape. */
export function binaryCrossEntropy(): PlainLossOptions {
  return { kind: "binary-cross-entropy" };
}

/** The mean of squared differences; of any shape. */
export function meanSquaredError(): PlainLossOptions {
  return { kind: "mean-squared-error" };
}

const smoothing = /* @__PURE__ */ maybe(/* @__PURE__ */ numberField(0, 1));

const KINDS: { readonly [K in LossOptions["kind"]]: Kind<Loss> } = /* @__PURE__ */ (() => ({
  "cross-entropy": kind(
    { smoothing },
    ({ kind, smoothing = 0 }: CrossEntropyOptions): Loss => (
      { kind, targets: ofRank(2), build: entropy(smoothing) }
    ),
  ),
  "cross-entropy-per-position": kind(
    { smoothing },
    ({ kind, smoothing = 0 }: CrossEntropyOptions): Loss => {
      const build = perPosition(entropy(smoothing));
      return { kind, targets: ofRank(4), build, accuracy: perPosition(accuracy) };
    },
  ),
  focal: kind(
    { gamma: maybe(numberField(0, 100)) },
    ({ kind, gamma = 2 }: FocalOptions): Loss => (
      { kind, targets: ofRank(2), build: focalLoss(gamma) }
    ),
  ),
  "binary-cross-entropy": kind(
    {},
    ({ kind }): Loss => ({ kind, build: binaryLoss, accuracy: binaryAccuracy }),
  ),
  "mean-squared-error": kind({}, ({ kind }) => ({ kind, build: squaredError })),
}))();

/** The meaning of a loss, or what is wrong with it. */
export const lossOf: (given: unknown, path?: string) => Result<Loss> = /* @__PURE__ */ readerOf(
  "loss",
  KINDS,
  {
    method: "build",
    wanted: {
      kind: KIND,
      options: ANYTHING,
      targets: FUNCTION_OR_NONE,
      build: FUNCTION,
      accuracy: FUNCTION_OR_NONE,
    },
  },
);

const ofRank = (rank: number) => (logits: TensorShape): TensorShape | undefined =>
  logits.length === rank ? logits : undefined;

const accuracy: Figure = (graph, logits, targets) =>
  graph.apply({ op: "accuracy" }, [logits, targets]);

const entropy = (smoothing: number): Figure => (graph, logits, targets) =>
  graph.apply({ op: "softmaxCrossEntropy", smoothing }, [logits, targets]);

/** A figure of rows, over every position of maps. */
function perPosition(figure: Figure): Figure {
  return (graph, logits, targets) => {
    const shape = graph.shapeOf(logits);
    const rows = [sizeOf(shape.slice(0, -1)), shape.at(-1) ?? 1];
    const flat = (value: ValueId) => reshape(graph, value, rows);
    return figure(graph, flat(logits), flat(targets));
  };
}

/** Keeps the logarithm of what is surely right finite. */
const TINY = 1e-7;

function focalLoss(gamma: number): Figure {
  return (graph, logits, targets) => {
    const logShares = logSoftmax(graph, logits);
    const wrong = shift(graph, scale(graph, exp(graph, logShares), -1), 1);
    const logWrong = log(graph, clamp(graph, wrong, { least: TINY }));
    const weights = exp(graph, scale(graph, logWrong, gamma));
    const losses = multiply(graph, multiply(graph, targets, weights), logShares);
    return scale(graph, mean(graph, sum(graph, losses, [1])), -1);
  };
}

// log(1 + exp(x)) - x t, which no logit makes infinite.
const binaryLoss: Figure = (graph, logits, targets) =>
  mean(graph, subtract(graph, softplus(graph, logits), multiply(graph, logits, targets)));

const binaryAccuracy: Figure = (graph, logits, targets) => {
  const above = (value: ValueId, bound: number) => greater(graph, value, graph.constant(bound, []));
  const wrong = abs(graph, subtract(graph, above(logits, 0), above(targets, 0.5)));
  return shift(graph, scale(graph, mean(graph, wrong), -1), 1);
};

const squaredError: Figure = (graph, logits, targets) =>
  mean(graph, square(graph, subtract(graph, logits, targets)));
