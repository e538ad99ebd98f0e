/** Small runs: images of 8 x 8 that a small network can tell apart, and what a run leaves behind. */
import { join } from "@std/path";
import { chain, type Net, orThrow } from "../../mod.ts";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import type { Engine } from "../../dsl/engines/engine.ts";
import { integer, seedKey, split } from "../../dsl/random.ts";
import { batchNorm, conv, dense, flatten, maxPool, relu } from "../../layers/mod.ts";
import type { Dataset, Images } from "../../tasks/data/mod.ts";
import { type Recipe, train, type TrainOutcome, type TrainWatch } from "../../tasks/training/mod.ts";

/** The engine of these tests. */
export const engine: Engine = orThrow(await tfjsEngine({ backend: "wasm" }));

const SHAPE = [8, 8, 3] as const;

/** Each class is bright in rows of its own, under noise and a brightness of the whole image. */
function imagesOf(count: number, label: string): Images {
  const size = SHAPE[0] * SHAPE[1] * SHAPE[2];
  const key = split(seedKey(7), label);
  const pixels = new Uint8Array(count * size);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 3);
  for (let i = 0; i < count; i++) {
    const base = 40 + integer(split(key, `base${i}`), 80);
    for (let at = 0; at < size; at++) {
      const row = Math.floor(at / (SHAPE[1] * SHAPE[2]));
      const bright = Math.floor(row / 3) === labels[i] ? 60 : 0;
      pixels[i * size + at] = base + bright + integer(split(key, `${i} ${at}`), 50);
    }
  }
  return { count, shape: SHAPE, pixels, labels };
}

/** Forty-three images to learn from and thirteen to be measured on: neither fills its last batch. */
export const bands: Dataset = {
  name: "bands",
  classes: ["top", "middle", "bottom"],
  height: SHAPE[0],
  width: SHAPE[1],
  channels: SHAPE[2],
  train: imagesOf(43, "train"),
  test: imagesOf(13, "test"),
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
  readonly watch?: TrainWatch;
}

/** A new run of the small network in `out`; gives what came out, problems thrown. */
export async function trainTiny(out: string, changes: RunChanges = {}): Promise<TrainOutcome> {
  const { net = tinyNet(), dataset = bands, watch } = changes;
  const request = { net, data: dataset, out, recipe: { ...recipe, ...changes.recipe } };
  return orThrow(await train(request, { engine, ...watch }));
}

/** What must be the same at the end, however often a run was stopped. */
export interface Remains {
  readonly last: Uint8Array;
  readonly best: Uint8Array;
  /** The lines of the metrics, without what depends on the clock. */
  readonly metrics: readonly Readonly<Record<string, unknown>>[];
}

/** Reads what a finished run left. */
export async function remainsOf(folder: string): Promise<Remains> {
  const lines = (await Deno.readTextFile(join(folder, "metrics.jsonl"))).trimEnd().split("\n");
  return {
    last: await Deno.readFile(join(folder, "last.safetensors")),
    best: await Deno.readFile(join(folder, "best.safetensors")),
    metrics: lines.map((line) => {
      const { seconds: _, imagesPerSecond: __, ...figures } = JSON.parse(line);
      return figures;
    }),
  };
}

/** A watch that stops the run after its `count`-th step from here. */
export function stopAfter(count: number): TrainWatch {
  let steps = 0;
  return { interrupted: () => ++steps === count };
}
