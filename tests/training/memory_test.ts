/**
 * The paper's network at the paper's batch: Attention-56 on 64 images trains
 * within the memory that wasm has, four gigabytes, and takes no more of it
 * with each step. The slowest test of the suite, some ten seconds.
 */
import { assert, assertEquals } from "@std/assert";
import { initialParameters, initialState, orThrow, plan, trainingStep } from "../../mod.ts";
import { normals, seedKey } from "../../dsl/programs/random.ts";
import { attention56 } from "../../nets/mod.ts";
import { PRESETS } from "../../tasks/training/mod.ts";
import { engine } from "./_runs.ts";

const BATCH = 64;
const CLASSES = 10;

Deno.test("cifar/attention-56 trains on wasm with batches of 64", async () => {
  const planned = orThrow(plan(attention56(), [32, 32, 3]));
  const { optimizer } = PRESETS.paper;
  const graph = trainingStep(planned, { batch: BATCH, optimizer });
  const images = normals(seedKey(1), BATCH * 32 * 32 * 3).map((x) => x / 4);
  const targets = Float32Array.from(
    { length: BATCH * CLASSES },
    (_, i) => i % CLASSES === Math.floor(i / CLASSES) % CLASSES ? 1 : 0,
  );
  const before = engine.liveTensors();
  const program = engine.load(graph);
  let state = engine.upload(initialState(graph, initialParameters(planned, 0)));
  const live: number[] = [];
  const losses: number[] = [];
  for (let step = 0; step < 2; step++) {
    const result = program.run(state, { images, targets, rate: Float32Array.of(0.01) });
    losses.push((await result.outputs["loss"]?.())?.[0] ?? NaN);
    engine.free(state);
    state = result.state;
    live.push(engine.liveTensors());
  }
  engine.free(state);
  program.dispose();
  assertEquals(live[0], live[1]);
  assertEquals(engine.liveTensors(), before);
  const [first = NaN, second = NaN] = losses;
  assert(second < first, `losses ${losses}`);
});
