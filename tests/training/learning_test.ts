/** Training teaches: on images that it has never seen a network is right far more often than by chance. */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { residualAttention } from "../../nets/mod.ts";
import type { Images } from "../../tasks/data/mod.ts";
import { withFolder } from "../files/_folder.ts";
import { bands, engine, stripes, tinyNet, trainTiny } from "./_runs.ts";

const attention = residualAttention({
  input: [8, 8, 3],
  classes: 3,
  widths: [8, 16],
  stem: 8,
  tail: 0,
  t: 1,
  p: 0,
});

const NETWORKS = [
  ["a small network", { net: tinyNet() }],
  ["a narrow attention network", { net: attention, dataset: stripes }],
] as const;

for (const [name, task] of NETWORKS) {
  Deno.test(`train() teaches ${name} to tell three classes apart`, async () => {
    await withFolder(async (folder) => {
      const { epochs, test, best } = await trainTiny(join(folder, "run"), {
        ...task,
        recipe: { epochs: 8, labelSmoothing: 0, augment: "none" },
      });
      const [first, last] = [epochs.at(0), epochs.at(-1)];
      assertEquals(epochs.length, 8);
      assert((last?.trainLoss ?? NaN) < 0.4 * (first?.trainLoss ?? NaN), JSON.stringify(epochs));
      assert((last?.trainAccuracy ?? NaN) > 0.9, `${last?.trainAccuracy}`);
      assert((best?.accuracy ?? NaN) > 0.8, `${best?.accuracy}`);
      assert((test?.top1 ?? NaN) > 0.8, `${test?.top1}`);
      assert((test?.loss ?? NaN) < 0.5, `${test?.loss}`);
    });
  });
}

Deno.test("train() looks at the test images only when all epochs are done", async () => {
  await withFolder(async (folder) => {
    const events: string[] = [];
    const note = (event: string) => {
      if (events.at(-1) !== event) events.push(event);
    };
    const test: Images = {
      ...bands.test,
      get pixels() {
        note("test");
        return bands.test.pixels;
      },
    };
    const watch = {
      onStart: () => events.splice(0),
      onStep: () => note("steps"),
      onEpoch: () => note("epoch"),
    };
    await trainTiny(join(folder, "run"), { dataset: { ...bands, test }, watch });
    assertEquals(events, ["steps", "epoch", "steps", "epoch", "steps", "epoch", "test"]);
  });
});

Deno.test("train() keeps as best the weights of the best epoch, the first of equals", async () => {
  await withFolder(async (folder) => {
    const { epochs, best } = await trainTiny(join(folder, "run"));
    const accuracies = epochs.map(({ validationAccuracy }) => validationAccuracy ?? NaN);
    const highest = Math.max(...accuracies);
    assertEquals(best, { accuracy: highest, epoch: accuracies.indexOf(highest) + 1 });
  });
});

Deno.test("train() holds the same tensors after the same step of every epoch, and none at the end", async () => {
  await withFolder(async (folder) => {
    const before = engine.liveTensors();
    const counts: number[][] = [];
    await trainTiny(join(folder, "run"), {
      recipe: { epochs: 4 },
      watch: {
        saveEvery: 0,
        onStep: ({ epoch }) => (counts[epoch - 1] ??= []).push(engine.liveTensors() - before),
      },
    });
    const [, second, third, fourth] = counts;
    assertEquals(second?.length, 4);
    assertEquals(third, second);
    assertEquals(fourth, second);
    assertEquals(engine.liveTensors(), before);
  });
});
