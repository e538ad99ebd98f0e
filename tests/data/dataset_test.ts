import { assertEquals } from "@std/assert";
import { orThrow } from "../../dsl/problem/throw.ts";
import { checkDataset, type TestedDataset } from "../../tasks/data/mod.ts";
import { randomImages } from "./_images.ts";
import { assertProblem } from "./_results.ts";

const sound: TestedDataset = {
  name: "toy",
  classes: ["a", "b", "c"],
  height: 4,
  width: 5,
  channels: 3,
  train: randomImages(6),
  test: randomImages(2),
};

Deno.test("checkDataset() gives a sound data set back", () => {
  assertEquals(orThrow(checkDataset(sound)), sound);
});

Deno.test("checkDataset() reports every fault of every split at once", () => {
  const result = checkDataset({
    ...sound,
    train: { ...sound.train, labels: Uint8Array.of(0, 1, 3) },
    test: { ...sound.test, pixels: new Uint8Array(7) },
  });
  assertProblem(
    result,
    "toy.train (data set): every image has one label",
    "3 labels",
    "label 3 of image 2",
    "toy.test (data set): the pixels fill the images exactly",
    "7 bytes",
    "2 x 4x5x3 = 120 bytes",
  );
});

Deno.test("checkDataset() refuses an empty split and another image size", () => {
  assertProblem(
    checkDataset({ ...sound, test: randomImages(0) }),
    "toy: test.count",
    "got     0",
  );
  assertProblem(
    checkDataset({ ...sound, height: 5 }),
    "every split has the data set's image size",
    "got     4x5x3",
    "wanted  5x5x3",
  );
});
