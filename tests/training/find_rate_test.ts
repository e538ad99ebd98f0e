/** A learning rate range test: it is the training that would follow, and its advice trains. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { groups, orThrow, points, sgd } from "../../mod.ts";
import { findRate, train } from "../../tasks/training/mod.ts";
import { normals, seedKey, split } from "../../dsl/programs/random.ts";
import { adviceOf, rateAt, RateSteps } from "../../tasks/training/rate_test.ts";
import { withFolder } from "../files/_folder.ts";
import { bands, engine, recipe, tinyNet } from "./_runs.ts";

const net = tinyNet();

/** A rate of its own for the classifier, by a schedule of its own. */
const optimizer = groups(
  [{ path: "dense1", rate: 0.5, schedule: points([0, 1], [0.1, 0]) }],
  sgd({ momentum: 0.9 }),
);

Deno.test("findRate() takes the steps of train(), with rates that grow by one factor", async () => {
  await withFolder(async (folder) => {
    const own = { ...recipe, optimizer, mixup: 0.2, schedule: "constant" as const, rate: 1e-9 };
    const range = { minRate: 1e-9, maxRate: 1e-8, steps: 5 };
    const found = orThrow(await findRate({ net, data: bands, recipe: own, engine, ...range }));
    const losses: number[] = [];
    const onStep = ({ record }: { readonly record?: { readonly loss: number } }) =>
      void losses.push(record?.loss ?? NaN);
    const out = join(folder, "run");
    orThrow(await train({ net, data: bands, recipe: own, engine, out }, { onStep }));
    assertEquals(found.end, "complete");
    // The first step of all is the same to the bit; steps of such rates change next to nothing.
    assertEquals(found.steps[0]?.loss, losses[0]);
    found.steps.forEach(({ loss, rate }, i) => {
      assertAlmostEquals(loss, losses[i] ?? NaN, 1e-5);
      assertAlmostEquals(rate / (1e-9 * 10 ** (i / 4)), 1, 1e-9);
    });
  });
});

Deno.test("findRate() ends when the loss explodes, and what it suggests trains better than other rates", async () => {
  const own = { ...recipe, optimizer: sgd({ momentum: 0.9 }), augment: "none" as const };
  const request = { net, data: bands, recipe: own, engine };
  const found = orThrow(await findRate({ ...request, minRate: 1e-5, maxRate: 1e3, steps: 120 }));
  assertEquals(found.end, "exploded");
  assert(found.steps.length < 120);
  const { suggestion = NaN, lowest = NaN, steepest = NaN } = found;
  assert(steepest <= lowest && lowest < 1e3 && suggestion <= steepest, `${suggestion}`);
  await withFolder(async (folder) => {
    const lossAt = async (rate: number) => {
      const out = join(folder, `${rate}`);
      const recipe = { ...own, rate, schedule: "constant" as const };
      return orThrow(await train({ ...request, recipe, out })).epochs.at(-1)?.trainLoss ?? NaN;
    };
    const [low, suggested, high] = [
      await lossAt(suggestion / 100),
      await lossAt(suggestion),
      await lossAt(lowest * 10),
    ];
    assert(suggested < low && suggested < high, `${low}, ${suggested}, ${high}`);
  });
});

/** What a test says of losses that fall by `fall` in its middle half, and scatter by a tenth. */
function adviceFor({ total, fall, seed }: Readonly<Record<"total" | "fall" | "seed", number>>) {
  const steps = new RateSteps(total);
  normals(split(seedKey(seed), `${total}`), total).forEach((noise, i) => {
    const share = Math.min(1, Math.max(0, 2 * i / total - 0.5));
    const rate = rateAt({ minRate: 1e-4, maxRate: 1, steps: total }, i);
    steps.add({ rate, loss: 2.3 - fall * share + 0.1 * noise });
  });
  return adviceOf(steps.all, total);
}

Deno.test("adviceOf() takes no scatter for a fall, however few the steps, and sees a fall through it", () => {
  const seeds = Array.from({ length: 200 }, (_, seed) => seed);
  const found = (total: number, fall: number) =>
    seeds.filter((seed) => adviceFor({ total, fall, seed }).suggestion !== undefined).length;
  for (const total of [10, 20, 50, 200]) {
    assert(found(total, 0) <= 4, `${found(total, 0)} of ${total} steps`);
    assertEquals(found(total, 2), seeds.length, `${total} steps`);
  }
});

Deno.test("findRate() suggests nothing where the loss never falls, and refuses rates that do not grow", async () => {
  const request = { net, data: bands, recipe: { ...recipe, batch: 32 }, engine };
  const idle = orThrow(await findRate({ ...request, minRate: 1e-12, maxRate: 1e-11, steps: 20 }));
  assertEquals([idle.end, idle.suggestion, idle.lowest], ["complete", undefined, undefined]);
  const [problem] = (await findRate({ ...request, minRate: 1, maxRate: 0.1 }) as {
    readonly left: readonly { readonly path: string; readonly got: string }[];
  }).left;
  assertEquals([problem?.path, problem?.got], ["rates", "from 1 to 0.1"]);
});
