/** Event files of a run, as TensorBoard's own reader in Python reads them. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { orThrow } from "../../mod.ts";
import { readMetrics } from "../../tasks/files/metrics.ts";
import { runAt } from "../../tasks/files/run_folder.ts";
import { readSteps } from "../../tasks/files/steps.ts";
import { resume } from "../../tasks/training/mod.ts";
import { epochsOf, testOf } from "../../tasks/training/record.ts";
import { withFolder } from "../files/_folder.ts";
import { bands, engine, stopAfter, trainTiny } from "../training/_runs.ts";
import { ask, tensorboardTest } from "./_torch.ts";

type Points = readonly (readonly [step: number, value: number, time: number])[];
type Parts = Readonly<Record<string, Readonly<Record<string, Points>>>>;

tensorboardTest("TensorBoard reads each step of a run once, after kills too", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out, { watch: { tensorboard: true, ...stopAfter(6) } });
    // What a kill leaves: events of steps behind the last checkpoint, and half a record.
    const train = join(out, "tensorboard/train/events.out.tfevents.netfold");
    const events = await Deno.readFile(train);
    await Deno.writeFile(train, events.subarray(40, 200), { append: true });
    orThrow(await resume(out, { engine, dataset: bands }));

    const parts = await ask("events.py", out) as Parts;
    assertEquals(Object.keys(parts), ["test", "train", "validation"]);
    const steps = orThrow(await readSteps(runAt(out)));
    const records = orThrow(await readMetrics(runAt(out)));
    const epochs = epochsOf(records);
    const numbers = (points: Points = []) => points.map(([step, value]) => [step, value]);
    const wanted = (of: (step: typeof steps[number]) => number | undefined) =>
      steps.map((step) => [step.step, Math.fround(of(step) ?? NaN)]);
    assertEquals(steps.length, 12);
    assertEquals(numbers(parts.train?.loss), wanted(({ loss }) => loss));
    assertEquals(numbers(parts.train?.accuracy), wanted(({ accuracy }) => accuracy));
    assertEquals(numbers(parts.train?.learning_rate), wanted(({ rate }) => rate));
    assertEquals(numbers(parts.train?.gradient_norm), wanted((step) => step.gradientNorm));
    assertEquals(
      numbers(parts.validation?.loss),
      epochs.map(({ step, validationLoss }) => [step, Math.fround(validationLoss ?? NaN)]),
    );
    const [[step, accuracy] = []] = parts.test?.accuracy ?? [];
    assertEquals(step, 12);
    assertAlmostEquals(accuracy ?? NaN, testOf(records)?.top1 ?? NaN, 1e-6);
    const times = parts.train?.loss?.map(([, , time]) => time) ?? [];
    assert(times.every((time, i) => time > (times[i - 1] ?? Date.now() / 1000 - 600)), `${times}`);
  });
});
