/**
 * Measuring a network: runs it over images and keeps what every figure comes
 * from, the loss, each image's prediction and whether the truth was among the
 * first five.
 */
import type { DeviceState, Engine, Program } from "../../dsl/engines/engine.ts";
import { inference } from "../../dsl/graph/programs.ts";
import type { Plan } from "../../dsl/plan.ts";
import { fail, left, type Result, right } from "../../dsl/result.ts";
import { channelsOf } from "../../dsl/shape.ts";
import { batches } from "../data/batches.ts";
import type { Images } from "../data/dataset.ts";
import type { Normalization } from "../data/normalize.ts";

/** What measuring found. */
export interface Measurement {
  /** The number of images. */
  readonly images: number;
  /** The mean cross-entropy, in nats. */
  readonly loss: number;
  /** The share of images whose first prediction is right. */
  readonly top1: number;
  /** The share of images whose truth is among the first five predictions. */
  readonly top5: number;
  /** The true classes, in the images' order. */
  readonly labels: Uint8Array;
  /** The first predictions, in the images' order. */
  readonly predictions: Uint8Array;
}

/** Measures networks of one plan on one engine. */
export interface Meter {
  /** Measures the network whose parameters are `state` on images. */
  measure(state: DeviceState, images: Images): Promise<Result<Measurement>>;
  /** Gives back what it holds on the device. */
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
    measure: async (state, images) => {
      const source = batches(images, {
        size: batch,
        classes,
        key: [0, 0],
        epoch: 0,
        normalization,
      });
      if (source._tag === "Left") return left(source.left);
      const predictions = new Uint8Array(images.count);
      let [loss, top1, top5] = [0, 0, 0];
      for (const { index, images: pixels, labels, count } of source.right) {
        const answer = await logitsOf(engine, { program, state, images: pixels });
        if (answer._tag === "Left") return answer;
        const logits = answer.right;
        // Lets timers and signals have their turn; some backends never wait for anything.
        await new Promise((resolve) => setTimeout(resolve, 0));
        for (let i = 0; i < count; i++) {
          const row = logits.subarray(i * classes, (i + 1) * classes);
          const label = labels[i] ?? 0;
          const order = ranking(row);
          predictions[index * batch + i] = order[0] ?? 0;
          loss += crossEntropy(row, label);
          if (order[0] === label) top1++;
          if (order.indexOf(label) < 5) top5++;
        }
      }
      const { count, labels } = images;
      return right({
        images: count,
        loss: loss / count,
        top1: top1 / count,
        top5: top5 / count,
        labels,
        predictions,
      });
    },
  };
}

/** One use of an inference program. */
export interface Question {
  /** The program. */
  readonly program: Program;
  /** The parameters. */
  readonly state: DeviceState;
  /** The images, as many as the program takes. */
  readonly images: Float32Array;
}

/** What a network says of images; fails when that is not a number. */
export async function logitsOf(
  engine: Engine,
  { program, state, images }: Question,
): Promise<Result<Float32Array>> {
  const { outputs, state: after } = program.run(state, { images });
  engine.free(after);
  const logits = await outputs.logits?.() ?? new Float32Array();
  if (logits.every(Number.isFinite)) return right(logits);
  const culprit = await program.trace(state, { images });
  return fail({
    path: culprit?.origin ?? "",
    layer: culprit?.op ?? "logits",
    rule: "the network met a number that is not finite",
    got: `${culprit?.op ?? "the network"} was the first to give NaN or infinity`,
    wanted: "finite numbers",
    hint: "these weights cannot be used; train with a lower learning rate",
  });
}

/** The cross-entropy of one image in nats; finite for all finite logits. */
function crossEntropy(logits: Float32Array, label: number): number {
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const sum = logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
  return Math.log(sum) + largest - (logits[label] ?? NaN);
}

/** The classes from the largest logit to the smallest. */
export function ranking(logits: Float32Array): readonly number[] {
  return Array.from(logits.keys()).sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b);
}

/** Probabilities from logits. */
export function softmax(logits: Float32Array): Float64Array {
  const largest = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = Float64Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
