/** Measuring on an engine that answers from a table, against figures worked out by hand. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { chain, type Engine, orThrow, plan } from "../../mod.ts";
import { dense, flatten } from "../../layers/mod.ts";
import { openMeter, ranking, type Showing, softmax } from "../../tasks/training/measure.ts";
import { numberedImages } from "../data/_images.ts";
import { assertProblem } from "../data/_results.ts";

/** Logits of each image; image i belongs to class i. */
const LOGITS = [
  [2, 1, 0, 0, 0, 0, 0], // right
  [5, 4, 3, 2, 1, 0, -1], // second of seven
  [9, 8, 0, 7, 6, 5, 4], // last of seven
  [0, 0, 0, 0, 0, 0, 0], // all alike: classes in their order, so fourth
  [1000, 0, 0, 0, -1, -2, 0], // as sure as it is wrong
];
const CLASSES = 7;
const BATCH = 2;

interface Answering extends Engine {
  /** States that nobody has freed. */
  readonly held: Set<object>;
}

/** An engine whose programs give the rows of a table for images whose pixel is a row's index. */
function engineOf(logits: readonly (readonly number[])[]): Answering {
  const held = new Set<object>();
  const newState = () => {
    const state = { names: [] };
    held.add(state);
    return state;
  };
  return {
    description: "a table",
    backend: "table",
    held,
    load: (graph) => ({
      graph,
      run: (_, { images = new Float32Array() }) => {
        assertEquals(images.length, BATCH);
        const rows = [...images].flatMap((pixel) => logits[Math.round(pixel * 255)] ?? []);
        return {
          outputs: { logits: () => Promise.resolve(Float32Array.from(rows)) },
          state: newState(),
        };
      },
      trace: () => Promise.resolve({ op: "matmul", origin: "dense1", shape: [BATCH, CLASSES] }),
      dispose: () => {},
    }),
    upload: newState,
    download: () => Promise.resolve(new Map()),
    free: (state) => void held.delete(state),
    liveTensors: () => held.size,
    dispose: () => {},
  };
}

const net = orThrow(plan(chain(flatten(), dense(CLASSES)), [1, 1, 1]));
const normalization = {
  kind: "per-channel",
  mean: Float32Array.of(0),
  std: Float32Array.of(1),
} as const;

async function measure(engine: Engine, count: number, how: Showing = {}) {
  const meter = openMeter(engine, net, { batch: BATCH, normalization });
  const state = engine.upload(new Map());
  const measured = await meter.measure(state, numberedImages(count, CLASSES), how);
  engine.free(state);
  meter.dispose();
  return measured;
}

Deno.test("measure() counts each image once, those of a padded batch too", async () => {
  const found = orThrow(await measure(engineOf(LOGITS), LOGITS.length));
  const losses = [
    Math.log(Math.exp(2) + Math.exp(1) + 5) - 2,
    Math.log([5, 4, 3, 2, 1, 0, -1].reduce((sum, x) => sum + Math.exp(x), 0)) - 4,
    Math.log([9, 8, 0, 7, 6, 5, 4].reduce((sum, x) => sum + Math.exp(x), 0)),
    Math.log(7),
    1001,
  ];
  assertEquals(found.images, 5);
  assertEquals(found.top1, 1 / 5);
  assertEquals(found.top5, 3 / 5);
  assertAlmostEquals(found.loss, losses.reduce((a, b) => a + b) / 5, 1e-9);
  assertEquals([...found.predictions], [0, 0, 0, 0, 0]);
  assertEquals([...found.labels], [0, 1, 2, 3, 4]);
});

Deno.test("measure() does not depend on the images beside an image", async () => {
  const one = orThrow(await measure(engineOf(LOGITS), 1));
  assertEquals([one.top1, one.top5], [1, 1]);
  assertAlmostEquals(one.loss, Math.log(Math.exp(2) + Math.exp(1) + 5) - 2, 1e-9);
});

Deno.test("measure() moves no image of one pixel, which has nothing to mirror at its edge", async () => {
  const problem = "mirrored at its edge";
  assertProblem(await measure(engineOf(LOGITS), 1, { views: "six" }), problem);
  assertEquals(orThrow(await measure(engineOf(LOGITS), 1, { views: "mirror" })).top1, 1);
});

Deno.test("measure() frees every state that its runs give", async () => {
  const engine = engineOf(LOGITS);
  await measure(engine, LOGITS.length);
  assertEquals(engine.held.size, 0);
});

Deno.test("measure() names the operation when a logit is not finite", async () => {
  const engine = engineOf([[0, 0, 0, NaN, 0, 0, 0]]);
  assertProblem(await measure(engine, 1), "dense1 (matmul)", "not finite");
  assertEquals(engine.held.size, 0);
});

Deno.test("measure() refuses labels outside the classes", async () => {
  const meter = openMeter(engineOf(LOGITS), net, { batch: BATCH, normalization });
  const images = { ...numberedImages(2, CLASSES), labels: Uint8Array.of(0, 7) };
  assertProblem(await meter.measure({ names: [] }, images), "label 7 among 7 classes");
});

Deno.test("ranking() goes from the largest logit to the smallest, ties in order", () => {
  assertEquals(ranking(Float32Array.of(1, 3, 2, 3)), [1, 3, 2, 0]);
});

Deno.test("softmax() adds up to 1 for logits of any size", () => {
  for (const logits of [[0, 0], [1e30, -1e30, 1], [-1000, -1001]]) {
    const probabilities = softmax(Float32Array.from(logits));
    assertAlmostEquals(probabilities.reduce((a, b) => a + b), 1);
    assert(probabilities.every((p) => p >= 0 && p <= 1));
  }
});
