/** Training with frozen parts: they stay as they were, on the engine too. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { join } from "@std/path";
import { freeze, fromJSON, initialParameters, orThrow, plan, toJSON } from "../../mod.ts";
import { loadCheckpoint, train } from "../../tasks/training/mod.ts";
import { onlyProblem } from "../_problems.ts";
import { bands, engine, recipe, tinyNet, trainTiny } from "./_runs.ts";

Deno.test("a run leaves frozen tensors bit for bit as they began, and keeps them frozen", async () => {
  const folder = await Deno.makeTempDir();
  const net = orThrow(freeze(tinyNet(), "conv1", "bn1"));
  const outcome = await trainTiny(join(folder, "run"), { net });
  assertEquals(outcome.finished, true);
  const checkpoint = orThrow(await loadCheckpoint(join(folder, "run", "last.safetensors")));
  assertEquals(toJSON(checkpoint.net), toJSON(net));
  assertEquals(orThrow(fromJSON(toJSON(net))), net);
  const before = initialParameters(orThrow(plan(net, [8, 8, 3])), checkpoint.seed);
  for (const [name, { data }] of before) {
    const isFrozen = /^(conv1|bn1)\./.test(name);
    const compare = isFrozen ? assertEquals : assertNotEquals;
    compare(checkpoint.tensors.get(name)?.data, data, name);
    assertEquals(checkpoint.tensors.has(`@momentum/${name}`), !isFrozen);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("training refuses a network with nothing to train", async () => {
  const net = orThrow(freeze(tinyNet()));
  const request = { net, data: bands, out: "runs/never", recipe };
  const problem = onlyProblem(await train({ ...request, engine }));
  assertEquals(problem.rule, "the network must have parameters to train");
  assertEquals([problem.layer, problem.code], ["network", "nothing-to-train"]);
});
