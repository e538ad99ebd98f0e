/** The lines of `metrics.jsonl`: one for each epoch, and one for the test at the end. */
import { isJsonObject, type JsonObject } from "../files/json.ts";
import type { Figures } from "./measure.ts";

/** One epoch's figures, a line of `metrics.jsonl`. */
export interface EpochRecord {
  /** The epoch, from 1. */
  readonly epoch: number;
  /** Steps done in all. */
  readonly step: number;
  /** The learning rate of its last step. */
  readonly rate: number;
  /** Mean loss over its training steps. */
  readonly trainLoss: number;
  /** Mean accuracy over its training steps. */
  readonly trainAccuracy: number;
  /** Loss on the held out images, when there are any. */
  readonly validationLoss?: number;
  /** Accuracy on the held out images, when there are any. */
  readonly validationAccuracy?: number;
  /** Seconds that its steps took in this process. */
  readonly seconds: number;
  /** Training images a second. */
  readonly imagesPerSecond: number;
  /** The engine at the epoch's end, in words: name, version, device. */
  readonly engine?: string;
}

/** The epochs among the lines of a run's metrics. */
export function epochsOf(records: readonly JsonObject[]): readonly EpochRecord[] {
  // The loop writes records of this type; the test's line has no epoch.
  return records.filter((record) => isEpoch(record)).map((record) =>
    record as unknown as EpochRecord
  );
}

/** The figures of the test among the lines of a run's metrics; none before the run has ended. */
export function testOf(records: readonly JsonObject[]): Figures | undefined {
  return records.map(({ test }) => {
    if (!isJsonObject(test)) return undefined;
    const { images, loss, top1, top5 } = test;
    return typeof images === "number" && typeof loss === "number" &&
        typeof top1 === "number" && typeof top5 === "number"
      ? { images, loss, top1, top5 }
      : undefined;
  }).findLast((found) => found !== undefined);
}

function isEpoch({ epoch, trainLoss, trainAccuracy }: JsonObject): boolean {
  return [epoch, trainLoss, trainAccuracy].every((value) => typeof value === "number");
}

/** The engines, in words, each once; none where the epochs do not say so. */
export function enginesOf(epochs: readonly EpochRecord[]): readonly string[] {
  return [...new Set(epochs.flatMap(({ engine }) => engine === undefined ? [] : [engine]))];
}
