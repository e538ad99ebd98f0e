/** The lines of `metrics.jsonl`: one for each epoch, and one for the test at the end. */
import * as v from "valibot";
import type { JsonObject } from "../files/json.ts";
import type { Figures } from "./measure.ts";

/** One epoch's figures, a line of `metrics.jsonl`. */
export interface EpochRecord {
  /** The epoch, from 1. */
  readonly epoch: number;
  /** Steps done in all. */
  readonly step: number;
  /** The learning rate of its last step. */
  readonly rate: number;
  /** Mean of the run's own loss over its training steps. */
  readonly trainLoss: number;
  /** Mean accuracy over its training steps, as the loss counts it. */
  readonly trainAccuracy: number;
  /** Cross-entropy on the held out images, when there are any, whatever the run's loss. */
  readonly validationLoss?: number;
  /** The share of held out images whose first prediction is right, when there are any. */
  readonly validationAccuracy?: number;
  /** How often the rate has been lowered by its end, where the recipe has a plateau. */
  readonly lowered?: number;
  /** Seconds that its steps took in this process. */
  readonly seconds: number;
  /** Training images a second. */
  readonly imagesPerSecond: number;
  /** The engine at the epoch's end, in words: name, version, device. */
  readonly engine?: string;
}

/** The entries of a schema that are numbers. */
export function numbers<const Names extends readonly string[]>(...names: Names) {
  return v.entriesFromList(names, v.number());
}

const EPOCH_NUMBERS = v.looseObject(numbers("epoch", "trainLoss", "trainAccuracy"));
/** What has these numbers is an epoch's record, as the loop writes it; the test's line has none. */
export const EPOCH = v.custom<EpochRecord>((record) => v.is(EPOCH_NUMBERS, record));
export const FIGURES = v.object(numbers("images", "loss", "top1", "top5"));

/** The epochs among the lines of a run's metrics. */
export function epochsOf(records: readonly JsonObject[]): readonly EpochRecord[] {
  return records.flatMap((record) => v.is(EPOCH, record) ? [record] : []);
}

/** The figures of the test among the lines of a run's metrics; none before the run has ended. */
export function testOf(records: readonly JsonObject[]): Figures | undefined {
  return records.map(({ test }) => v.safeParse(FIGURES, test))
    .findLast((found) => found.success)?.output;
}

/** The engines, in words, each once; none where the epochs do not say so. */
export function enginesOf(epochs: readonly EpochRecord[]): readonly string[] {
  return [...new Set(epochs.flatMap(({ engine }) => engine === undefined ? [] : [engine]))];
}
