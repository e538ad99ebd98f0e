/**
 * A run by the recipe of the main job is the same on PyTorch from the same
 * config.json: in float64 every step's loss but for its last digits, and the
 * weights as a checkpoint rounds them.
 */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { orThrow } from "../../mod.ts";
import { attention8 } from "../../nets/mod.ts";
import { shapes } from "../../tasks/data/mod.ts";
import { loadCheckpoint, presetFor, resume, train } from "../../tasks/training/mod.ts";
import type { StepEvent } from "../../tasks/training/loop.ts";
import { resumeOnTorch } from "../../tasks/training/torch.ts";
import { referenceEngine } from "../_reference_engine.ts";
import { python } from "./_torch.ts";
import { assertClose, folderTest, tensorsIn } from "./_training.ts";

/** Images of which 24 are learnt from: three steps of 8 in an epoch. */
const dataset = orThrow(shapes({ count: 32, testCount: 10 }));

/** Of six steps in two epochs, of which images are mirrored in one, three are on smaller images. */
const LENGTH = { epochs: 2, steps: 6, batch: 8, validation: 8 };

/** How far losses may be apart: sums of some 100,000 numbers in float64, in other orders. */
const CLOSE = 1e-9;

/** Has a run's configuration say that PyTorch is to compute in float64. */
async function inFloat64(run: string): Promise<void> {
  const path = join(run, "config.json");
  const { config, ...rest } = JSON.parse(await Deno.readTextFile(path));
  const text = JSON.stringify({ ...rest, config: { ...config, torch: { precision: "float64" } } });
  await Deno.writeTextFile(path, text);
}

folderTest(
  "Attention-8 by its recipe takes PyTorch's steps in float64, from the same config.json",
  async (folder) => {
    const [run, copy] = [join(folder, "run"), join(folder, "copy")];
    const recipe = { ...presetFor("cifar/attention-8"), ...LENGTH };
    const net = attention8({ widths: [4, 8, 8], stem: 8 });
    let steps = 0;
    const interrupted = () => ++steps === 1;
    const request = { net, data: dataset, out: run, recipe, engine: referenceEngine() };
    orThrow(await train(request, { interrupted }));
    await Deno.mkdir(copy);
    for (const file of ["config.json", "last.safetensors"]) {
      await Deno.copyFile(join(run, file), join(copy, file));
    }
    const wanted: number[] = [];
    const engine = referenceEngine(({ name }, { outputs }) => {
      if (name === "training step") wanted.push(outputs["loss"]?.[0] ?? NaN);
    });
    const end = orThrow(await resume(run, { dataset, engine }));

    const { position } = orThrow(await loadCheckpoint(join(copy, "last.safetensors")));
    const begun = { loss: position.lossSum, batch: 1 };
    await inFloat64(copy);
    const events: StepEvent[] = [];
    const onStep = (event: StepEvent) =>
      void (event.step > (events.at(-1)?.step ?? 1) && events.push(event));
    const found = orThrow(await resumeOnTorch(copy, { python, dataset, onStep, saveEvery: 0 }));
    assertEquals(events.map(({ step }) => step), [2, 3, 4, 5, 6]);
    /** The sum of an epoch's losses before a step's, of which events tell the mean so far. */
    const before = (i: number): number => {
      const { loss, batch } = events[i - 1] ?? begun;
      return events[i]?.batch === 1 ? 0 : loss * batch;
    };
    for (const [i, { step, loss, batch }] of events.entries()) {
      const off = Math.abs((loss * batch - before(i)) / (wanted[i] ?? NaN) - 1);
      assert(off <= CLOSE, `the loss of step ${step} is off by ${off}`);
    }
    assertClose(await tensorsIn(copy), await tensorsIn(run), 2 ** -23);
    for (const [i, { validationLoss = NaN, rate }] of end.epochs.entries()) {
      const epoch = found.epochs[i];
      assertEquals(epoch?.rate, rate);
      assert(Math.abs((epoch?.validationLoss ?? NaN) - validationLoss) <= 1e-5);
    }
  },
);
