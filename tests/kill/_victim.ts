/**
 * A process that trains, to be killed: begins the run in a folder, or resumes it. Every step
 * is saved. With a third argument its images come through a cache in that folder.
 */
import { join } from "@std/path";
import { encode } from "fast-png";
import { chain, orThrow } from "../../mod.ts";
import { batchNorm, conv, dense, dropout, flatten, relu } from "../../layers/mod.ts";
import { cifar10, type Cifar10Source, shapes } from "../../tasks/data/mod.ts";
import { resume, train } from "../../tasks/training/mod.ts";

/** The engines on which runs are killed. */
export const ENGINES = ["onnx", "wasm"] as const;
export type EngineName = typeof ENGINES[number];

const net = chain(
  chain(conv(8, { kernel: 3, stride: 2 }), batchNorm(), relu()),
  flatten(),
  dropout(0.2),
  dense(64),
  relu(),
  dense(10),
);

const recipe = { epochs: 4, batch: 32, validation: 32, seed: 5, rate: 0.01 } as const;

/** Images in a sheet. */
const ROWS = 40;

/** Six sheets of images, decoded into a cache as CIFAR-10's are. */
const source: Cifar10Source = {
  sheets: { train: ["0", "1", "2", "3", "4"], test: ["5"] },
  labels: (split) =>
    Promise.resolve(Array.from({ length: ROWS * (split === "train" ? 5 : 1) }, (_, i) => i % 10)),
  sheet: (name) => {
    const data = Uint8Array.from(
      { length: ROWS * 3072 },
      (_, i) => (Number(name) * 40 + (i >> 5) * 7 + (i * i >> 9)) % 256,
    );
    return Promise.resolve(encode({ width: 1024, height: ROWS, data, channels: 3, depth: 8 }));
  },
};

async function main(name: string, folder: string, cache: string | undefined): Promise<void> {
  const dataset = cache === undefined
    ? orThrow(shapes({ count: 200, testCount: 20 }))
    : orThrow(await cifar10({ cache, source }));
  const watch = { saveEvery: 0, onWarning: () => {} };
  const exists = await Deno.stat(join(folder, "config.json")).then(() => true, () => false);
  if (exists) {
    orThrow(await resume(folder, { ...watch, log: false, dataset }));
    return;
  }
  const engine = name === "onnx"
    ? { engine: "onnx", threads: 1 } as const
    : { backend: "wasm" } as const;
  orThrow(
    await train({ net, data: dataset, out: folder, recipe, ...engine }, { ...watch, log: false }),
  );
}

if (import.meta.main) {
  const [name = "", folder = "", cache] = Deno.args;
  await main(name, folder, cache);
}
