/**
 * Training on PyTorch: the same steps as on tfjs, from the same weights and in
 * the same order; stopped and resumed on either.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { adamw, clip, ema, orThrow } from "../../mod.ts";
import { readBytes } from "../../tasks/files/atomic.ts";
import { runAt } from "../../tasks/files/run_folder.ts";
import { readSteps } from "../../tasks/files/steps.ts";
import { loadCheckpoint } from "../../tasks/training/checkpoint.ts";
import type { StepEvent } from "../../tasks/training/loop.ts";
import { evaluate, type Recipe, resume, train } from "../../tasks/training/mod.ts";
import { resumeOnTorch, trainOnTorch } from "../../tasks/training/torch.ts";
import { namesIn, withFolder } from "../files/_folder.ts";
import { torchTest } from "./_torch.ts";
import { assertClose, dataset, problemOf, recipe, request, tensorsIn, torch } from "./_training.ts";

/** Keeps a copy of a file as it is when a step has been told of. */
function keepAt(wanted: number, from: string, to: string): (event: StepEvent) => void {
  return ({ step }) => step === wanted ? Deno.copyFileSync(from, to) : undefined;
}

async function bytesOf(folder: string): Promise<Uint8Array> {
  return orThrow(await readBytes(join(folder, "last.safetensors")));
}

torchTest("a whole run on PyTorch is the run of tfjs, and netfold evaluates it", async () => {
  await withFolder(async (folder) => {
    const [a, b] = [join(folder, "tfjs"), join(folder, "torch")];
    const wanted = orThrow(await train(request(a)));
    const seen: number[] = [];
    const found = orThrow(
      await trainOnTorch(request(b), { ...torch, onEpoch: ({ epoch }) => seen.push(epoch) }),
    );
    assertEquals(seen, [1, 2]);
    assertClose(await tensorsIn(b), await tensorsIn(a), 1e-3);
    for (const [i, { trainLoss, validationLoss = NaN, rate }] of wanted.epochs.entries()) {
      const epoch = found.epochs[i];
      assertEquals(epoch?.rate, rate);
      assert(Math.abs((epoch?.trainLoss ?? NaN) - trainLoss) < 1e-4);
      assert(Math.abs((epoch?.validationLoss ?? NaN) - validationLoss) < 1e-3);
    }
    const measured = orThrow(await evaluate(b, { dataset, backend: "cpu" }));
    assertEquals(measured.images, found.test?.images);
    assertEquals(measured.top1, found.test?.top1);
    assert(Math.abs(measured.loss - (found.test?.loss ?? NaN)) < 1e-5);
  });
});

torchTest("a run on PyTorch begins with weights and is made longer as on tfjs", async () => {
  await withFolder(async (folder) => {
    const first = join(folder, "first");
    orThrow(await train(request(first, { steps: 2 })));
    const normalization = {
      kind: "per-channel",
      mean: Float32Array.of(0.4, 0.5, 0.6),
      std: Float32Array.of(0.2, 0.3, 0.4),
    } as const;
    const checkpoint = orThrow(await loadCheckpoint(join(first, "best.safetensors")));
    const weights = { ...checkpoint, normalization };
    const [a, b] = [join(folder, "tfjs"), join(folder, "torch")];
    const two = { epochs: 1, steps: 2 };
    orThrow(await train({ ...request(a, two), weights }));
    orThrow(await trainOnTorch({ ...request(b, two), weights }, torch));
    assertClose(await tensorsIn(b), await tensorsIn(a), 1e-5);
    const longer = { dataset, epochs: 1, onWarning: () => {} };
    orThrow(await resume(a, longer));
    orThrow(await resumeOnTorch(b, { ...longer, ...torch }));
    assertClose(await tensorsIn(b), await tensorsIn(a), 1e-4);
    const [tfjs, python] = await Promise.all(
      [a, b].map(async (run) => orThrow(await loadCheckpoint(join(run, "last.safetensors")))),
    );
    assertEquals(python?.normalization, normalization);
    assertEquals([python?.position.step, python?.position.epoch], [6, 1]);
    assertEquals([tfjs?.position.step, tfjs?.position.epoch], [6, 1]);
  });
});

torchTest("a run goes from tfjs to PyTorch and back in the midst of an epoch", async () => {
  await withFolder(async (folder) => {
    const [a, b] = [join(folder, "whole"), join(folder, "shared")];
    orThrow(await train(request(a)));
    let steps = 0;
    const stopped = orThrow(
      await train(request(b), { onStep: () => steps++, interrupted: () => steps >= 2 }),
    );
    assertEquals(stopped.finished, false);
    const begun = orThrow(await loadCheckpoint(join(b, "last.safetensors")));
    assert(begun.position.batch > 0);
    const keep = keepAt(begun.position.step + 3, join(b, "last.safetensors"), join(folder, "kept"));
    orThrow(await resumeOnTorch(b, { ...torch, dataset, saveEvery: 0, onStep: keep }));
    assertClose(await tensorsIn(b), await tensorsIn(a), 1e-3);
    await Deno.copyFile(join(folder, "kept"), join(b, "last.safetensors"));
    const { position } = orThrow(await loadCheckpoint(join(b, "last.safetensors")));
    assert(position.step > begun.position.step && position.step < 11);
    assert(orThrow(await resume(b, { dataset })).finished);
    assertClose(await tensorsIn(b), await tensorsIn(a), 1e-3);
  });
});

torchTest(
  "a run on PyTorch that is killed and resumed ends as one that was not, bit for bit",
  async () => {
    await withFolder(async (folder) => {
      const [a, b] = [join(folder, "whole"), join(folder, "killed")];
      const changes: Partial<Recipe> = {
        ...{ optimizer: ema(0.9, clip(1, adamw())), mixup: 0.4, cutmix: 1, sampling: "balanced" },
        ...{ classWeights: "balanced", accumulate: 2, plateau: { epochs: 1, by: 0.5 } },
      };
      const mixed = { ...request(a), recipe: { ...recipe, ...changes } };
      orThrow(await trainOnTorch(mixed, torch));
      const killed = await trainOnTorch({ ...mixed, out: b }, {
        ...torch,
        saveEvery: 0,
        onStep: keepAt(3, join(b, "last.safetensors"), join(folder, "kept")),
      });
      orThrow(killed);
      // What a kill after the third step leaves: the checkpoint of that step, and later metrics.
      await Deno.copyFile(join(folder, "kept"), join(b, "last.safetensors"));
      orThrow(await resumeOnTorch(b, { ...torch, dataset }));
      assertEquals(await bytesOf(b), await bytesOf(a));
      const lines = (await Deno.readTextFile(join(b, "metrics.jsonl"))).trim().split("\n");
      assertEquals(lines.map((line) => JSON.parse(line).epoch), [1, 2, undefined]);
      assertEquals(lines.map((line) => typeof JSON.parse(line).lowered), [
        ...["number", "number", "undefined"],
      ]);
      const steps = async (out: string) =>
        orThrow(await readSteps(runAt(out))).map(({ seconds: _, ...figures }) => figures);
      assertEquals(await steps(b), await steps(a));
      assertEquals((await steps(a)).at(-1)?.step, JSON.parse(lines[1] ?? "").step);
    });
  },
);

Deno.test("without Python the problem says how to get it, and no run is made", async () => {
  await withFolder(async (folder) => {
    const run = await trainOnTorch(request(join(folder, "run")), { python: "no-such-python" });
    assertEquals(await namesIn(folder), []);
    assertEquals(problemOf(run)?.got, "no such program");
    assertStringIncludes(problemOf(run)?.hint ?? "", "pip install torch");
  });
});
