/** A page that trains a network of its own and posts to its server what came of it. */
import {
  chain,
  inference,
  initialParameters,
  initialState,
  orThrow,
  plan,
  trainingStep,
} from "@netfold/netfold";
import { type Engine, outputsOf, withLoaded } from "@netfold/netfold/engine";
import { batchNorm, conv, dense, globalAveragePool, relu } from "@netfold/netfold/layers";
import { tfjsEngine } from "@netfold/netfold/tfjs";

/** What the page says of an engine. */
export interface Trained {
  /** The engine, or why there is none. */
  readonly engine: string;
  /** The loss of each step. */
  readonly losses: readonly number[];
  /** The share of images whose class the trained network names. */
  readonly right: number;
}

const COUNT = 32;
const targets = Float32Array.from(
  { length: 2 * COUNT },
  (_, i) => i % 4 === 0 || i % 4 === 3 ? 1 : 0,
);
/** Stripes that lie in the images of one class, and stand in those of the other. */
const images = Float32Array.from({ length: 64 * COUNT }, (_, i) => {
  const [image, row, column] = [Math.floor(i / 64), Math.floor(i / 8) % 8, i % 8];
  return Math.sin(2 * (image % 2 === 0 ? row : column) + image);
});

/** Trains a network on an engine; gives the loss of each step, and the trained network's logits. */
async function trainOn(engine: Engine) {
  const net = chain(conv(8, { kernel: 3 }), batchNorm(), relu(), globalAveragePool(), dense(2));
  const planned = orThrow(plan(net, [8, 8, 1]));

  const step = trainingStep(planned, { batch: COUNT, optimizer: { kind: "sgd" } });
  const program = engine.load(step);
  let state = engine.upload(initialState(step, initialParameters(planned, 0)));
  const losses: number[] = [];
  for (let i = 0; i < 40; i++) {
    const next = program.run(state, { images, targets, rate: Float32Array.of(0.2) });
    losses.push((await next.outputs.loss?.())?.[0] ?? NaN);
    engine.free(state);
    state = next.state;
  }
  const weights = await engine.download(state);

  const answers = inference(planned, COUNT);
  const outputs = await withLoaded(engine, answers, weights, (loaded) => {
    return outputsOf(loaded, { images });
  });
  return { losses, logits: outputs.get("logits") ?? new Float32Array() };
}

async function trained(backend: "wasm" | "webgpu"): Promise<Trained> {
  const opened = await tfjsEngine({ backend, wasmFiles: "/wasm" });
  if (opened._tag === "Left") {
    return { engine: opened.left.map(({ got }) => got).join(), losses: [], right: 0 };
  }
  const engine = opened.right;
  const { losses, logits } = await trainOn(engine);
  const right = Array.from({ length: COUNT }, (_, i) => {
    const [first = NaN, second = NaN] = logits.subarray(2 * i);
    return (first > second) === (targets[2 * i] === 1);
  });
  const { description } = engine;
  engine.dispose();
  return { engine: description, losses, right: right.filter(Boolean).length / COUNT };
}

const said: unknown[] = [];
for (const backend of ["wasm", "webgpu"] as const) {
  said.push(
    await trained(backend).catch((error) => ({ engine: `${error}`, losses: [], right: 0 })),
  );
}
await fetch("/answer", { method: "POST", body: JSON.stringify(said) });
