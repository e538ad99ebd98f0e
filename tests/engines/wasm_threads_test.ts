/** The threads of the wasm engine: what they compute, and that nothing waits for them. */
import { assert, assertEquals, assertRejects, assertThrows, equal } from "@std/assert";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import { loadKernels } from "../../dsl/engines/tfjs/wasm/kernels.ts";
import { sharing } from "../../dsl/engines/tfjs/wasm/module.ts";
import { Pool } from "../../dsl/engines/tfjs/wasm/pool.ts";
import { initialParameters, initialState } from "../../dsl/programs/initial.ts";
import { trainingStep } from "../../dsl/programs/training_step.ts";
import { seedKey, uniforms } from "../../dsl/programs/random.ts";
import { ProblemError } from "../../mod.ts";
import { attention56 } from "../../nets/mod.ts";
import { plan } from "../../layers/bound/plan.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { assertProblem } from "../data/_results.ts";

const PAGES = 2 ** 16;

/** A pool over a memory of its own, and what is in it. */
function sharedPool(threads: number): { readonly pool: Pool; readonly floats: Float32Array } {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: PAGES, shared: true });
  const loaded = loadKernels(memory);
  if (loaded === undefined) throw new Error("WebAssembly has no vectors here");
  const pool = new Pool(loaded);
  pool.employ(threads);
  return { pool, floats: new Float32Array(memory.buffer) };
}

const NO_ROOMS = { address: 0, bytes: 0 };

Deno.test("a training step has the same bits with any number of threads", async () => {
  const batch = 3;
  const planned = orThrow(plan(attention56({ classes: 10 }), [32, 32, 3]));
  const graph = trainingStep(planned, { batch, optimizer: { kind: "sgd", weightDecay: 1e-4 } });
  const images = uniforms(seedKey(1), batch * 3072).map((x) => x - 0.5);
  const targets = new Float32Array(batch * 10).map((_, i) => i % 11 === 0 ? 1 : 0);
  const rate = Float32Array.of(0.01);
  const runWith = async (threads: number) => {
    const engine = orThrow(await tfjsEngine({ backend: "wasm", threads }));
    assertEquals(
      engine.description.match(/\d+ threads?/)?.[0],
      `${threads} thread${threads === 1 ? "" : "s"}`,
    );
    const program = engine.load(graph);
    let state = engine.upload(initialState(graph, initialParameters(planned, 0)));
    for (let step = 0; step < 2; step++) {
      const { state: next } = program.run(state, { images, targets, rate });
      engine.free(state);
      state = next;
    }
    const tensors = await engine.download(state);
    engine.dispose();
    return [...tensors].map(([name, { data }]) => [name, [...new Uint32Array(data.buffer)]]);
  };
  const alone = await runWith(1);
  // Threads of one engine and of the next must not meet.
  for (const threads of [2, 2, 3, 2]) assert(equal(await runWith(threads), alone));
});

Deno.test("work of more pieces than the queue holds is done, and so is a piece of more calls", () => {
  const { pool, floats } = sharedPool(3);
  for (const [count, calls] of [[100_000, 1], [7, 100_000], [1, 200_000]] as const) {
    const size = count * calls;
    floats.fill(0);
    pool.run({
      count,
      each: (piece, { fill }) => {
        for (let i = 0; i < calls; i++) fill(4 * (piece * calls + i), piece + 1, 1);
      },
    }, NO_ROOMS);
    assert(floats.subarray(0, size).every((x, i) => x === Math.floor(i / calls) + 1));
    assertEquals(floats[size], 0);
  }
  pool.end();
});

Deno.test("a piece has room that no other piece touches meanwhile", () => {
  const { pool, floats } = sharedPool(3);
  const [size, count, target] = [16, 1000, 2 ** 16];
  pool.run({
    count,
    each: (piece, { fill, copyRows }, room) => {
      fill(room, piece, size);
      copyRows(target + 4 * piece * size, 0, room, 0, 1, size);
    },
  }, { address: 0, bytes: 4 * size });
  const results = floats.subarray(target / 4, target / 4 + count * size);
  assert(results.every((x, i) => x === Math.floor(i / size)));
  pool.end();
});

Deno.test("a kernel that fails is an error, after which the pool works on", () => {
  const { pool, floats } = sharedPool(2);
  const outside = 4 * floats.length;
  const fillAt = (address: number) =>
    pool.run({ count: 10, each: (piece, { fill }) => fill(address + 4 * piece, 1, 1) }, NO_ROOMS);
  assertThrows(() => fillAt(outside), Error, "failed on one of its threads");
  fillAt(0);
  assertEquals([...floats.subarray(0, 11)], [...new Array(10).fill(1), 0]);
  pool.end();
});

Deno.test("threads are a whole number, and belong to wasm alone of TensorFlow.js's backends", async () => {
  for (const threads of [0, -1, 1.5]) {
    await assertRejects(() => tfjsEngine({ backend: "wasm", threads }), ProblemError, "threads");
  }
  assertProblem(
    await tfjsEngine({ backend: "cpu", threads: 2 }),
    "threads belongs to the engine onnx and the backend wasm",
    "the backend is cpu",
  );
});

Deno.test("a program ends although its threads live", async () => {
  const engine = new URL("../../dsl/engines/tfjs/mod.ts", import.meta.url);
  const script = `import { tfjsEngine } from ${JSON.stringify(engine)};
    const opened = await tfjsEngine({ backend: "wasm", threads: 2 });
    console.log(opened.right.description);`;
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/main.js`, script);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-lock", "--config", config, "--allow-read", `${folder}/main.js`],
    signal: AbortSignal.timeout(60_000),
  }).output();
  assertEquals(new TextDecoder().decode(stdout).trim(), "tfjs wasm (SIMD, 2 threads)");
  assert(success);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a binary whose memory cannot be shared is refused", () => {
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const limited = Uint8Array.of(...header, 5, 4, 1, 1, 1, 2);
  assertEquals([...sharing(limited)], [...header, 5, 4, 1, 3, 1, 2]);
  assert(WebAssembly.validate(sharing(limited)));
  for (const sections of [[], [5, 3, 1, 0, 1], [5, 4, 1, 3, 1, 2]]) {
    assertThrows(() => sharing(Uint8Array.of(...header, ...sections)), Error, "be shared");
  }
});
