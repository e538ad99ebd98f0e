/** Small runs: images of 8 x 8 that a small network can tell apart, and what a run leaves behind. */
import { join } from "@std/path";
import { chain, type Net, orThrow } from "../../mod.ts";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import type { Engine } from "../../dsl/engines/engine.ts";
import { integer, type Key, seedKey, split } from "../../dsl/programs/random.ts";
import { batchNorm, conv, dense, flatten, maxPool, relu } from "../../layers/mod.ts";
import type { Dataset, Images, TestedDataset } from "../../tasks/data/mod.ts";
import {
  type Recipe,
  train,
  type TrainOutcome,
  type TrainWatch,
} from "../../tasks/training/mod.ts";

/** The engine of these tests. */
export const engine: Engine = orThrow(await tfjsEngine({ backend: "wasm" }));

const SHAPE = [8, 8, 3] as const;

/** Whether the pixels of a row and column are brighter in images of a class. */
type Pattern = (row: number, column: number, label: number) => boolean;

/** Images of three classes in turn: a pattern under noise and a brightness of the whole image. */
function imagesOf(count: number, key: Key, bright: Pattern): Images {
  const [height, width, channels] = SHAPE;
  const pixels = new Uint8Array(count * height * width * channels);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 3);
  for (let i = 0; i < count; i++) {
    const base = 40 + integer(split(key, `base${i}`), 80);
    for (let at = 0; at < height * width * channels; at++) {
      const column = Math.floor(at / channels) % width;
      const row = Math.floor(at / channels / width);
      const light = bright(row, column, i % 3) ? 60 : 0;
      const noise = integer(split(key, `${i} ${at}`), 50);
      pixels[i * height * width * channels + at] = base + light + noise;
    }
  }
  return { count, shape: SHAPE, pixels, labels };
}

const key = split(seedKey(7), "images");

const common = {
  classes: ["first", "second", "third"],
  height: SHAPE[0],
  width: SHAPE[1],
  channels: SHAPE[2],
};

const inBand: Pattern = (row, _, label) => Math.floor(row / 3) === label;

/**
 * Classes are bright in rows of their own. Forty-three images to learn from
 * and thirteen to be measured on: neither fills its last batch.
 */
export const bands: TestedDataset = {
  name: "bands",
  ...common,
  train: imagesOf(43, split(key, "train"), inBand),
  test: imagesOf(13, split(key, "test"), inBand),
};

const inStripe: Pattern = (row, column, label) => ([row, column, row + column][label] ?? 0) % 4 < 2;

/** Classes are bright in stripes of their own direction. */
export const stripes: TestedDataset = {
  name: "stripes",
  ...common,
  train: imagesOf(120, split(key, "stripes"), inStripe),
  test: imagesOf(30, split(key, "more stripes"), inStripe),
};

/** A network of 10,000 multiplications, with `extra` before its classifier. */
export function tinyNet(...extra: readonly Net[]): Net {
  const body = chain(conv(4, { kernel: 3, padding: 1 }), batchNorm(), relu(), maxPool(2));
  return chain(body, flatten(), ...extra, dense(3));
}

/** Three epochs of four steps. */
export const recipe = {
  epochs: 3,
  batch: 8,
  rate: 0.05,
  validation: 8,
  augment: { pad: 1, flip: true },
} as const satisfies Partial<Recipe>;

/** What a test changes of the usual run. */
export interface RunChanges {
  readonly net?: Net;
  readonly dataset?: Dataset;
  readonly recipe?: Partial<Recipe>;
  readonly watch?: TrainWatch & { readonly engine?: Engine };
}

/** A new run of the small network in `out`; gives what came out, problems thrown. */
export async function trainTiny(out: string, changes: RunChanges = {}): Promise<TrainOutcome> {
  const { net = tinyNet(), dataset = bands } = changes;
  const { engine: own = engine, ...watch } = changes.watch ?? {};
  const request = { net, data: dataset, out, recipe: { ...recipe, ...changes.recipe } };
  return orThrow(await train({ ...request, engine: own }, { log: false, ...watch }));
}

/** What must be the same at the end, however often a run was stopped. */
export interface Remains {
  readonly last: Uint8Array;
  readonly best: Uint8Array;
  /** The lines of the metrics, without what depends on the clock. */
  readonly metrics: readonly Readonly<Record<string, unknown>>[];
  /** The lines of the steps, without their seconds. */
  readonly steps: readonly string[];
}

/** Reads what a finished run left. */
export async function remainsOf(folder: string): Promise<Remains> {
  const linesOf = async (name: string) =>
    (await Deno.readTextFile(join(folder, name))).trimEnd().split("\n");
  const lines = await linesOf("metrics.jsonl");
  return {
    last: await Deno.readFile(join(folder, "last.safetensors")),
    best: await Deno.readFile(join(folder, "best.safetensors")),
    metrics: lines.map((line) => {
      const { seconds: _, imagesPerSecond: __, ...figures } = JSON.parse(line);
      return figures;
    }),
    steps: (await linesOf("steps.csv")).map((line) => line.replace(/,[^,]*$/, "")),
  };
}

/** A watch that stops the run after its `count`-th step from here. */
export function stopAfter(count: number): TrainWatch {
  let steps = 0;
  return { interrupted: () => ++steps === count };
}
