/** A page that trains a network of its own and posts to its server what came of it. */
import { chain, orThrow } from "@netfold/netfold";
import type { Dataset, Images } from "@netfold/netfold/data";
import type { Engine } from "@netfold/netfold/engine";
import { batchNorm, conv, dense, globalAveragePool, relu } from "@netfold/netfold/layers";
import { tfjsEngine } from "@netfold/netfold/tfjs";
import { fit, predict, train } from "@netfold/netfold/train";

/** What the page says of an engine. */
export interface Trained {
  /** The engine, or why there is none. */
  readonly engine: string;
  /** The loss of each step. */
  readonly losses: readonly number[];
  /** The share of test images whose class the trained network names. */
  readonly right: number;
  /** What each test image is taken for. */
  readonly labels: readonly string[];
  /** Why a page has no run folders. */
  readonly refused: string;
}

/** Stripes that lie in the images of one class, and stand in those of the other. */
function stripes(count: number): Images {
  const pixels = Uint8Array.from({ length: 64 * count }, (_, i) => {
    const [image, row, column] = [Math.floor(i / 64), Math.floor(i / 8) % 8, i % 8];
    return 128 + 127 * Math.sin(2 * (image % 2 === 0 ? row : column) + image);
  });
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  return { count, shape: [8, 8, 1], pixels, labels };
}

const data: Dataset = {
  name: "stripes",
  classes: ["lying", "standing"],
  ...{ height: 8, width: 8, channels: 1 },
  train: stripes(64),
  test: stripes(16),
};

async function trainOn(engine: Engine) {
  const net = chain(conv(8, { kernel: 3 }), batchNorm(), relu(), globalAveragePool(), dense(2));
  const losses: number[] = [];
  const { checkpoint, test } = orThrow(
    await fit(
      { net, data, engine, recipe: { epochs: 10, batch: 16, validation: 0, augment: "none" } },
      { onStep: ({ record }) => losses.push(record?.loss ?? NaN) },
    ),
  );
  const answers = orThrow(await predict(checkpoint, data, { engine }));
  return { losses, right: test?.top1 ?? 0, labels: answers.map(({ label }) => label) };
}

async function trained(backend: "wasm" | "webgpu"): Promise<Trained> {
  const none = { losses: [], right: 0, labels: [], refused: "" };
  const opened = await tfjsEngine({ backend, wasmFiles: "/wasm" });
  if (opened._tag === "Left") return { ...none, engine: opened.left.map(({ got }) => got).join() };
  const engine = opened.right;
  const { description } = engine;
  try {
    const refused = await train({ net: dense(2), data, engine }, { log: false });
    const code = refused._tag === "Left" ? refused.left.map(({ code }) => code).join() : "";
    return { engine: description, refused: code, ...await trainOn(engine) };
  } catch (error) {
    return { ...none, engine: `${error}` };
  } finally {
    engine.dispose();
  }
}

const said: unknown[] = [];
for (const backend of ["wasm", "webgpu"] as const) said.push(await trained(backend));
await fetch("/answer", { method: "POST", body: JSON.stringify(said) });
