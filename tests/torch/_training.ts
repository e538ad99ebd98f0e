/** A small network, its data and its recipe, for runs on PyTorch; how near two runs end. */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import type { Tensors } from "../../dsl/graph/tensors.ts";
import { batchNorm, conv, dense, globalAveragePool, relu } from "../../layers/mod.ts";
import { chain, type Net, orThrow, type Result } from "../../mod.ts";
import { shapes } from "../../tasks/data/mod.ts";
import { loadCheckpoint } from "../../tasks/training/checkpoint.ts";
import type { Recipe } from "../../tasks/training/config.ts";
import type { TorchOptions } from "../../tasks/training/torch.ts";
import { withFolder } from "../files/_folder.ts";
import { python, torchTest } from "./_torch.ts";

/** Few pictures of shapes. */
export const dataset = orThrow(shapes({ count: 128, testCount: 32 }));

/** A kernel with a batch norm and one with a bias. */
export const net: Net = chain(
  conv(6, { kernel: 3, stride: 2 }),
  batchNorm({ momentum: 0.8 }),
  relu(),
  conv(8, { kernel: 3, stride: 2, bias: true }),
  relu(),
  globalAveragePool(),
  dense(10),
);

/** Eleven steps in two epochs; a small rate, so that rounding is not what decides. */
export const recipe: Partial<Recipe> = {
  epochs: 2,
  steps: 11,
  batch: 16,
  rate: 0.02,
  validation: 32,
};

/** The interpreter of these tests, and numbers that other engines have too. */
export const torch: TorchOptions = { python, precision: "float32" };

/** What to train, in the folder `out`. */
export const request = (out: string, changes: Partial<Recipe> = {}) =>
  ({ net, data: dataset, out, recipe: { ...recipe, ...changes }, backend: "cpu" }) as const;

/** A test that needs torch and a folder. */
export function folderTest(name: string, work: (folder: string) => Promise<void>): void {
  torchTest(name, () => withFolder(work));
}

/** Every tensor of a run's checkpoint. */
export async function tensorsIn(folder: string, file = "last"): Promise<Tensors> {
  return orThrow(await loadCheckpoint(join(folder, `${file}.safetensors`))).tensors;
}

/** Every tensor, running statistics and momentum too, as a share of its largest number. */
export function assertClose(found: Tensors, wanted: Tensors, within: number): void {
  assertEquals([...found.keys()].sort(), [...wanted.keys()].sort());
  for (const [name, { data }] of wanted) {
    const other = found.get(name)?.data ?? new Float32Array();
    const scale = data.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-2);
    const off = data.reduce((most, x, i) => Math.max(most, Math.abs(x - (other[i] ?? NaN))), 0);
    assert(off <= within * scale, `${name} is off by ${off} of ${scale}`);
  }
}

/** Every loss in a run's metrics, in order. */
export async function lossesIn(folder: string): Promise<readonly number[]> {
  const lines = (await Deno.readTextFile(join(folder, "metrics.jsonl"))).trim().split("\n");
  return lines.map((line) => JSON.parse(line)).flatMap(({ trainLoss, validationLoss, test }) =>
    test === undefined ? [trainLoss, validationLoss] : [test.loss]
  );
}

/** How far two runs may be apart: losses as a share of them, tensors of their largest number. */
export interface Closeness {
  readonly ofLosses: number;
  readonly ofTensors: number;
}

/** The losses of a run must be another's within a share, and its tensors. */
export async function assertSameRun(
  found: string,
  wanted: string,
  { ofLosses, ofTensors }: Closeness,
): Promise<void> {
  const [losses, wantedLosses] = [await lossesIn(found), await lossesIn(wanted)];
  assertEquals(losses.length, wantedLosses.length);
  for (const [i, loss] of wantedLosses.entries()) {
    const off = Math.abs((losses[i] ?? NaN) - loss) / loss;
    assert(off <= ofLosses, `${found}: loss ${i} is off by ${off}`);
  }
  assertClose(await tensorsIn(found), await tensorsIn(wanted), ofTensors);
}

/** The first problem. */
export const problemOf = <A>(result: Result<A>) =>
  result._tag === "Left" ? result.left[0] : undefined;
