import { assertEquals } from "@std/assert";
import { orThrow } from "../../dsl/problem.ts";
import { DATASET_NAMES, loadDataset } from "../../tasks/data/mod.ts";
import { assertProblem } from "./_results.ts";

Deno.test("loadDataset() loads by name and hands options on", async () => {
  const data = orThrow(
    await loadDataset("shapes", { shapes: { count: 20, testCount: 10 } }),
  );
  assertEquals([data.name, data.train.count], ["shapes", 20]);
  assertEquals(DATASET_NAMES, ["cifar10", "shapes"]);
});

Deno.test("loadDataset() suggests a name for one it does not know", async () => {
  assertProblem(
    await loadDataset("cifar100"),
    'got     "cifar100"',
    'wanted  "cifar10" or "shapes"',
    'did you mean "cifar10"?',
  );
  assertProblem(await loadDataset("toString"), 'got     "toString"');
});
