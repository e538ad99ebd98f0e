/** How many cores ONNX Runtime is given. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { onnxEngine } from "../../dsl/engines/onnx/mod.ts";
import { ProblemError } from "../../mod.ts";
import { coreCount, listed } from "../../dsl/engines/cores.ts";

Deno.test("the processors of a core are counted as Linux lists them", () => {
  const lists = { "0\n": 1, "0,64\n": 2, "0-1": 2, "0-3,8-11": 8, "": 1, "none": 1 };
  for (const [list, count] of Object.entries(lists)) assertEquals(listed(list), count, list);
});

Deno.test("there is at least one core, and at most one for each processor", () => {
  const cores = coreCount();
  assert(cores >= 1 && cores <= navigator.hardwareConcurrency);
  assertEquals(cores, Math.floor(cores));
});

Deno.test({
  name: "without a permission to read every processor counts as a core, and nobody is asked",
  permissions: { read: false },
  fn: () => assertEquals(coreCount(), navigator.hardwareConcurrency),
});

Deno.test("onnxEngine() refuses to work without threads", async () => {
  for (const threads of [0, -1, 1.5]) {
    await assertRejects(() => onnxEngine({ threads }), ProblemError, "threads");
  }
});
