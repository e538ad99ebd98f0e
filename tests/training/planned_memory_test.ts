/** What cannot fit the memory is refused before it starts, by how much there is of it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { chain, orThrow } from "../../mod.ts";
import type { Engine, EngineMemory } from "../../dsl/engines/engine.ts";
import { dense, flatten } from "../../layers/mod.ts";
import { attention56 } from "../../nets/mod.ts";
import { plan } from "../../layers/bound/plan.ts";
import { resume, train } from "../../tasks/training/mod.ts";
import { machineMemory } from "../../tasks/training/machine_memory.ts";
import { checkMemory, type Intent } from "../../tasks/training/memory.ts";
import { configOf } from "../../tasks/training/request.ts";
import { assertProblem } from "../data/_results.ts";
import { namesIn, withFolder } from "../files/_folder.ts";
import { problemOf } from "../files/_problem.ts";
import { bands, engine, recipe, stopAfter, trainTiny } from "./_runs.ts";

const GB = 1e9;

/** Attention-56 that is about to be trained. */
function intent(batch: number, change: Partial<Intent> = {}): Intent {
  const net = attention56();
  const config = configOf({ net, recipe: { batch } }, { ...bands, height: 32, width: 32 });
  const prepared = { plan: orThrow(plan(net, [32, 32, 3])), parts: [] };
  return { config, prepared, engine, resumed: false, ...change };
}

/** What a check says: a refusal, warnings, or nothing. */
function said(given: Intent, machine: number) {
  const warnings: string[] = [];
  const watch = { onWarning: (text: string) => warnings.push(text) };
  return {
    result: checkMemory(given, watch, () => ({ total: machine, available: machine })),
    warnings,
  };
}

Deno.test("weights beyond any machine are refused, and no folder is made", async () => {
  await withFolder(async (folder) => {
    const net = chain(flatten(), dense(200_000), dense(200_000), dense(3));
    // An engine of one's own may not say what it needs.
    for (const own of [engine, wrapped(engine)]) {
      const out = join(folder, "run");
      const refused = await train({ net, data: bands, out, recipe, engine: own });
      assertProblem(refused, "training must fit the memory", "320 GB", "a smaller network");
      assertEquals(await namesIn(folder), []);
    }
  });
});

Deno.test("a step beyond the machine is refused with the largest batch that fits", () => {
  const { result, warnings } = said(intent(256), 2 * GB);
  const { code, path, hint, wanted } = problemOf(result);
  assertEquals([code, path], ["out-of-memory", "batch"]);
  assertStringIncludes(wanted, "2.00 GB that the machine has free");
  assertEquals(warnings, []);
  const batch = Number(/use a batch of (\d+) at most/.exec(hint)?.[1]);
  assert(batch > 16 && batch < 256, hint);
  assertEquals(said(intent(batch), 2 * GB), {
    result: { _tag: "Right", right: undefined },
    warnings: [],
  });
  const next = said(intent(batch + 1), 2 * GB);
  assertEquals(next.result._tag, "Right");
  assertStringIncludes(next.warnings.join(), `use a batch of ${batch} at most`);
});

Deno.test("a run that is resumed keeps its batch, so more memory is asked for", () => {
  const { result } = said(intent(256, { resumed: true }), 2 * GB);
  assertStringIncludes(problemOf(result).hint, "resume it where there is more");
});

Deno.test("the four gigabytes of wasm are a limit of their own", () => {
  const { result } = said(intent(1024), 1000 * GB);
  assertStringIncludes(problemOf(result).wanted, "4.29 GB that tfjs wasm");
});

Deno.test("a graphics card's values are not the machine's, but fit its buffers", () => {
  const memory: EngineMemory = { ofMachine: false, needed: () => 1000 * GB, largest: 100e6 };
  const card = { engine: { description: "a card", memory } };
  assertEquals(said(intent(256, card), 8 * GB).result._tag, "Right");
  const { got, hint } = problemOf(said(intent(4096, card), 8 * GB).result);
  assertStringIncludes(got, "1.07 GB in one tensor of steps of 4096 images");
  assertStringIncludes(hint, "use a batch of 381 at most");
});

Deno.test("without permission to ask, the engine's limits alone are known, and that is said", () => {
  const notes: string[] = [];
  const watch = { onNote: (text: string) => notes.push(text) };
  assertEquals(checkMemory(intent(64), watch, () => undefined)._tag, "Right");
  assertStringIncludes(notes.join(), "--allow-sys=systemMemoryInfo");
});

function wrapped(engine: Engine, load: Engine["load"] = (graph) => engine.load(graph)): Engine {
  return {
    description: engine.description,
    backend: engine.backend,
    load,
    upload: (tensors) => engine.upload(tensors),
    download: (state) => engine.download(state),
    free: (state) => engine.free(state),
    liveTensors: () => engine.liveTensors(),
    dispose: () => {},
  };
}

Deno.test("an array that finds no room is a problem, and the run can be resumed", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out, { watch: stopAfter(6) });
    const full = wrapped(engine, () => {
      throw new RangeError("Array buffer allocation failed");
    });
    const refused = await resume(out, { engine: full, dataset: bands });
    assertProblem(refused, "the work must fit the memory", "Array buffer allocation failed");
    assert(orThrow(await resume(out, { engine, dataset: bands })).finished);
  });
});

Deno.test("the limit of a container counts", () => {
  const limit = (files: Readonly<Record<string, string>>) =>
    machineMemory((path) => files[path] ?? "");
  const machine = machineMemory(() => "");
  assert(machine !== undefined && machine.total > 1e8);
  assertEquals(limit({ "/sys/fs/cgroup/memory.max": "max\n" }), machine);
  const group = "/sys/fs/cgroup/jobs/one";
  assertEquals(
    limit({
      "/proc/self/cgroup": "0::/jobs/one\n",
      [`${group}/memory.max`]: "64000000\n",
      [`${group}/memory.current`]: "30000000\n",
      [`${group}/memory.stat`]: "anon 1\ninactive_file 6000000\n",
    }),
    { total: 64e6, available: 40e6 },
  );
  const old = "/sys/fs/cgroup/memory";
  const files = {
    [`${old}/memory.limit_in_bytes`]: "5000",
    [`${old}/memory.usage_in_bytes`]: "6000",
  };
  assertEquals(limit(files), { total: 5000, available: 0 });
});
