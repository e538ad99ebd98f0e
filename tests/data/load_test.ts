import { assertEquals } from "@std/assert";
import { orThrow } from "../../dsl/problem/throw.ts";
import { DATASET_NAMES, loadDataset, shapes } from "../../tasks/data/mod.ts";
import { assertProblem } from "./_results.ts";

Deno.test("loadDataset() loads by name and hands options on", async () => {
  const data = orThrow(
    await loadDataset("shapes", { shapes: { count: 20, testCount: 10 } }),
  );
  assertEquals([data.name, data.train.count], ["shapes", 20]);
  const named = orThrow(await loadDataset("shapes,count=30,test=10"));
  const { train, test } = orThrow(shapes({ count: 30, testCount: 10 }));
  assertEquals([named.train, named.test], [train, test]);
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
  assertProblem(await loadDataset("shapes,cont=30"), 'got     "cont"', 'did you mean "count"?');
  assertProblem(await loadDataset("shapes,test=0"), "got     test=0", "at least 1");
});
