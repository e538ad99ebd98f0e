/**
 * Measuring a network: runs it over images and keeps what every figure comes from, the loss, each
 * image's prediction and whether the truth was among the first five.
 */
import {
  BOOLEAN,
  expected,
  NUMBERS,
  oneOf,
  optional,
  type WantedOf,
} from "../../dsl/problem/expect.ts";
import type { DeviceState, Engine } from "../../dsl/engines/engine.ts";
import { inference } from "../../dsl/programs/inference.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { channelsOf } from "../../dsl/net/shape.ts";
import { type Problem, refused, type Result, right, unless } from "../fp.ts";
import type { Batch } from "../data/batches.ts";
import { type ImageSet, type Labels, labelsFor } from "../data/dataset.ts";
import { setBatches } from "../data/set_batches.ts";
import type { Normalization } from "../data/normalize.ts";
import { readClasses } from "./unread_classes.ts";
import { type Loaded, outputsOf } from "../../dsl/engines/loaded.ts";
import { showings, VIEW_NAMES, type ViewsName } from "./views.ts";

/** The figures of some images, as `metrics.jsonl` has those of the test. */
export interface Figures {
  /** The number of images that could be read. */
  readonly images: number;
  /** The mean cross-entropy of softmax, in nats and without smoothing, whatever the run made small. */
  readonly loss: number;
  /** The share of images whose first prediction is right. */
  readonly top1: number;
  /** The share of images whose truth is among the first five predictions. */
  readonly top5: number;
}

/** What measuring found. */
export interface Measurement extends Figures {
  /** The true classes, in the images' order. */
  readonly labels: Labels;
  /** The first predictions, in the images' order. */
  readonly predictions: Labels;
  /** The probability of each first prediction, in the images' order. */
  readonly confidences: Float32Array;
  /** The places of the images in their set: all, but for those that could not be read. */
  readonly places: Uint32Array;
  /** The logits of each image, one row after the other, when they were asked for. */
  readonly logits?: Float32Array;
  /** Images that could not be read, and why; they count for nothing above. */
  readonly broken?: readonly Problem[];
}

/** How images are shown to the network. */
export interface Showing {
  /** Ten views of each picture, corners, middle and mirror images, whose answers are averaged; for pictures in files. */
  readonly tenCrops?: boolean;
  /**
   * Views of each image whose answers are averaged: `mirror`, the image and its mirror image, or
   * `six`, these and both of the image moved by a pixel. The image alone by default.
   */
  readonly views?: ViewsName;
  /** Whether the logits of every image are kept; not by default. */
  readonly logits?: boolean;
}

/** What {@link Showing} takes. */
export const SHOWING: WantedOf<Showing> = {
  tenCrops: optional(BOOLEAN),
  views: optional(oneOf(VIEW_NAMES)),
  logits: optional(BOOLEAN),
};

/** How images are measured. */
export interface Measuring extends Showing {
  /** Whether the images are drawn from a larger set, so that a class may have few. */
  readonly drawn?: boolean;
}

export interface Meter {
  /** Measures the network whose parameters are `state` on images; fails when a class has none that can be read. */
  measure(state: DeviceState, images: ImageSet, how?: Measuring): Promise<Result<Measurement>>;
  dispose(): void;
}

/** Loads the inference program of a plan to measure with, `batch` images at a time. */
export function openMeter(
  engine: Engine,
  plan: Plan,
  { batch, normalization }: { readonly batch: number; readonly normalization: Normalization },
): Meter {
  const program = engine.load(inference(plan, batch));
  const classes = channelsOf(plan.output);
  return {
    dispose: () => program.dispose(),
    measure: async (state, images, how = {}) => {
      const { tenCrops = false, views, logits = false, drawn = false } = how;
      if (tenCrops && views !== undefined) return refused(VIEWS_BESIDE.at, VIEWS_BESIDE.words);
      if (views === "six" && Math.min(...images.shape.slice(0, 2)) < 2) {
        return refused(TOO_SMALL.at, TOO_SMALL.words);
      }
      const source = setBatches(images, {
        ...IN_ORDER,
        size: batch,
        classes,
        normalization,
        tenCrops,
      });
      if (source._tag === "Left") return source;
      const read = readClasses(images, { drawn });
      const tally = tallyOf(images, classes, logits);
      let answers: Answer[] = [];
      for await (const shown of source.right) {
        for (const { images: view, weight } of showings(shown.images, images.shape, views)) {
          const answer = await logitsOf({ engine, program, state }, view);
          if (answer._tag === "Left") return answer;
          answers.push({ logits: answer.right, weight });
        }
        if (tenCrops && answers.length < 10) continue;
        read.add(shown);
        tally.add(shown, meanAnswer(answers, classes));
        answers = [];
      }
      return unless(read.problems(), tally.measurement());
    },
  };
}

/** The batches of images as they lie, nothing about them drawn at random. */
export const IN_ORDER = { key: [0, 0], epoch: 0 } as const;

/** Adds up what a network says of images. */
function tallyOf({ count, labels: like }: ImageSet, classes: number, keepsLogits: boolean) {
  const labels = labelsFor(like, count);
  const predictions = labelsFor(like, count);
  const confidences = new Float32Array(count);
  const places = new Uint32Array(count);
  const kept = keepsLogits ? new Float32Array(count * classes) : undefined;
  const broken: Problem[] = [];
  const sums = { images: 0, loss: 0, top1: 0, top5: 0 };
  let met = 0;
  const add = (batch: Batch, logits: Float32Array): void => {
    for (let i = 0; i < batch.count; i++) {
      const place = met++;
      const problem = batch.broken?.get(i);
      if (problem !== undefined) {
        broken.push(problem);
        continue;
      }
      const row = logits.subarray(i * classes, (i + 1) * classes);
      const label = batch.labels[i] ?? 0;
      const order = ranking(row);
      labels[sums.images] = label;
      predictions[sums.images] = order[0] ?? 0;
      confidences[sums.images] = softmax(row)[order[0] ?? 0] ?? 0;
      places[sums.images] = place;
      kept?.set(row, sums.images * classes);
      sums.images++;
      sums.loss += crossEntropy(row, label);
      if (order[0] === label) sums.top1++;
      if (order.indexOf(label) < 5) sums.top5++;
    }
  };
  const measurement = (): Measurement => {
    const { images, loss, top1, top5 } = sums;
    return {
      images,
      loss: loss / images,
      top1: top1 / images,
      top5: top5 / images,
      labels: labels.subarray(0, images),
      predictions: predictions.subarray(0, images),
      confidences: confidences.subarray(0, images),
      places: places.subarray(0, images),
      ...(kept && { logits: kept.subarray(0, images * classes) }),
      ...(broken.length > 0 && { broken }),
    };
  };
  return { add, measurement };
}

const VIEWS_BESIDE = {
  at: { path: "views", layer: "option", code: "misplaced-option" },
  words: {
    rule: "ten crops have the mirror images among them",
    got: "views beside ten crops",
    wanted: "one of the two",
    hint: "leave views out, or crops",
  },
};

const TOO_SMALL = {
  at: { path: "views", layer: "option", code: "mirror-too-small" },
  words: {
    rule: "an image that is moved by a pixel is mirrored at its edge",
    got: "images of one pixel along a side",
    wanted: "at least two pixels along each",
    hint: "measure the image and its mirror image",
  },
};

/** What a network says of one view of a batch of images, and how much it weighs. */
interface Answer {
  readonly logits: Float32Array;
  readonly weight: number;
}

/** The mean of the probabilities of several answers, as logits: their logarithms; a lone answer as it is. */
function meanAnswer(answers: readonly Answer[], classes: number): Float32Array {
  const [{ logits: first } = { logits: new Float32Array() }] = answers;
  if (answers.length === 1) return first;
  const sums = new Float64Array(first.length);
  const all = answers.reduce((sum, { weight }) => sum + weight, 0);
  for (const { logits, weight } of answers) {
    for (let at = 0; at < logits.length; at += classes) {
      softmax(logits.subarray(at, at + classes)).forEach((probability, i) => {
        sums[at + i] = (sums[at + i] as number) + weight * probability;
      });
    }
  }
  return Float32Array.from(sums, (sum) => Math.log(Math.max(sum / all, 1e-30)));
}

/** What a network says of a batch of images; fails when that is not a number. */
export async function logitsOf(
  loaded: Loaded,
  images: Float32Array,
): Promise<Result<Float32Array>> {
  const logits = (await outputsOf(loaded, { images })).get("logits") ?? new Float32Array();
  // Lets timers and signals have their turn; some backends never wait for anything.
  await new Promise((resolve) => setTimeout(resolve, 0));
  if (logits.every(Number.isFinite)) return right(logits);
  const culprit = await loaded.program.trace(loaded.state, { images });
  return refused({
    path: culprit?.origin ?? "",
    layer: culprit?.op ?? "logits",
    code: "not-finite",
  }, {
    rule: "the network met a number that is not finite",
    got: `${culprit?.op ?? "the network"} was the first to give NaN or infinity`,
    wanted: "finite numbers",
    hint: "these weights cannot be used; train with a lower learning rate",
  });
}

/** The cross-entropy of one image in nats; finite for all finite logits. */
function crossEntropy(logits: Float32Array, label: number): number {
  expected(logits, NUMBERS, "logits");
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const sum = logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
  return Math.log(sum) + largest - (logits[label] ?? NaN);
}

/** The classes from the largest logit to the smallest. */
export function ranking(logits: Float32Array): readonly number[] {
  return Array.from(logits.keys()).sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b);
}

/** Probabilities from logits of which one class is true. */
export function softmax(logits: Float32Array): Float64Array {
  expected(logits, NUMBERS, "logits");
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = Float64Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
