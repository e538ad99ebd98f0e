/**
 * ONNX Runtime that fails while a run is under way: the run stops with a
 * problem, gives back what it held, and goes on later as if nothing had
 * happened.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { OnnxEngine } from "../../dsl/engines/onnx/_engine.ts";
import { loadRuntime } from "../../dsl/engines/onnx/runtime.ts";
import { orThrow } from "../../mod.ts";
import { resume, train, type TrainWatch } from "../../tasks/training/mod.ts";
import { onlyProblem } from "../_problems.ts";
import { type Faults, faultyRuntime, renamed } from "../engines/_faulty_runtime.ts";
import { namesIn, withFolder } from "../files/_folder.ts";
import { testOnnx } from "../onnx/_runs.ts";
import { bands, recipe, remainsOf, tinyNet, trainTiny } from "./_runs.ts";

/** An engine on a runtime with faults. */
async function engineWith(faults: Faults): Promise<OnnxEngine> {
  return new OnnxEngine(faultyRuntime(orThrow(await loadRuntime()), faults), 1, 0);
}

const trainIn = (out: string, engine: OnnxEngine, watch: TrainWatch = {}) =>
  train({ net: tinyNet(), data: bands, out, recipe, engine }, watch);

testOnnx("train() says which operators the runtime lacks, and saves nothing", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    const damage = (bytes: Uint8Array) => renamed(bytes, "com.microsoft", "com.nicrosoft");
    const engine = await engineWith({ damage });
    const problem = onlyProblem(await trainIn(out, engine));
    assertEquals(problem.rule, "the runtime must know every operator of the model");
    assertStringIncludes(problem.got, "com.nicrosoft");
    assertEquals(engine.liveTensors(), 0);
    assertEquals((await namesIn(out)).filter((name) => name.endsWith(".safetensors")), []);
    engine.dispose();
  });
});

/** What the runtime says when memory runs out. */
const FULL = "Non-zero status code returned while running Conv node.\n" +
  "Failed to allocate memory for requested buffer of size 4294967296";

testOnnx(
  "a run in which the runtime fails keeps its checkpoint, and resume() ends as if nothing had happened",
  async (test) => {
    await withFolder(async (folder) => {
      const sound = await engineWith({});
      await trainTiny(join(folder, "whole"), { watch: { engine: sound } });
      const wanted = await remainsOf(join(folder, "whole"));
      // The first steps, those around an epoch's end, and one that measures.
      for (const count of [1, 2, 4, 5, 6, 7, 12]) {
        await test.step(`in run ${count}`, async () => {
          const out = join(folder, `${count}`);
          let runs = 0;
          const beforeRun = () => {
            if (++runs === count) throw new Error(FULL);
          };
          const engine = await engineWith({ beforeRun });
          const problem = onlyProblem(await trainIn(out, engine, { saveEvery: 0 }));
          assertEquals(problem.rule, "the runtime must finish a run");
          assertStringIncludes(problem.got, "running Conv node.; Failed to allocate memory");
          assertStringIncludes(problem.hint, "a smaller batch");
          assert(problem.path.length > 0);
          assertEquals(engine.liveTensors(), 0);
          engine.dispose();
          orThrow(await resume(out, { engine: sound, dataset: bands }));
          assertEquals(await remainsOf(out), wanted);
        });
      }
      sound.dispose();
    });
  },
);
