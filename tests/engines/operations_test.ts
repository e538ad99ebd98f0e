/** Every operation on every backend against the float64 reference. */
import { assertEquals } from "@std/assert";
import { engineOn } from "../../dsl/engines/tfjs/_session.ts";
import { BACKENDS, readyBackend } from "../../dsl/engines/tfjs/backends.ts";
import { expansionsFor } from "../../dsl/engines/tfjs/expansions.ts";
import { GENERIC } from "../../dsl/engines/tfjs/generic/generic.ts";
import type { Engine } from "../../dsl/engines/engine.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { testBackends } from "./_backends.ts";
import { CASES } from "./_cases.ts";
import { faults } from "./_compare.ts";

async function checkAll(engine: Engine, test: Deno.TestContext): Promise<void> {
  for (const [op, cases] of Object.entries(CASES)) {
    await test.step(op, async () => {
      const found: string[] = [];
      for (const one of cases) found.push(...await faults(engine, one));
      assertEquals(found, []);
    });
  }
}

testBackends("every operation computes what the reference does", checkAll);

testBackends("generic expansions compute what the reference does", async (engine, test) => {
  if (engine.backend === "onnx") return;
  const backend = orThrow(
    await readyBackend(BACKENDS.find((name) => name === engine.backend) ?? "cpu"),
  );
  const { maxPoolGrad } = expansionsFor(engine.backend);
  // The generic gradient of max pooling needs the numbers on the host.
  const expansions = engine.backend === "webgpu" ? { ...GENERIC, maxPoolGrad } : GENERIC;
  const generic = engineOn(backend, { expansions });
  await checkAll(generic, test);
  generic.dispose();
});
