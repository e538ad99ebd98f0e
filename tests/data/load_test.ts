import { assertEquals } from "@std/assert";
import { orThrow } from "../../dsl/problem/throw.ts";
import { DATASET_NAMES, loadDataset } from "../../tasks/data/mod.ts";
import { assertProblem } from "./_results.ts";

Deno.test("loadDataset() loads by name and hands options on", async () => {
  const data = orThrow(
    await loadDataset("shapes", { shapes: { count: 20, testCount: 10 } }),
  );
  assertEquals([data.name, data.train.count], ["shapes", 20]);
  assertEquals(DATASET_NAMES, ["cifar10", "cifar100", "fashion-mnist", "idx", "folder", "shapes"]);
});

Deno.test("loadDataset() suggests a name for one it does not know", async () => {
  assertProblem(
    await loadDataset("cifar1000"),
    'got     "cifar1000"',
    'wanted  "cifar10" or "cifar100" or "fashion-mnist"',
    'did you mean "cifar100"?',
  );
  assertProblem(await loadDataset("shapes:here"), "the data set has no such path");
  assertProblem(await loadDataset("toString"), 'got     "toString"');
});
