/** Training in memory is training: the same steps, the same weights, and nothing on the disk. */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { orThrow } from "../../mod.ts";
import {
  type Checkpoint,
  fit,
  loadCheckpoint,
  predict,
  saveCheckpoint,
  train,
} from "../../tasks/training/mod.ts";
import { withFolder } from "../files/_folder.ts";
import { onlyProblem, problemsOf } from "../_problems.ts";
import { bands, engine, recipe, tinyNet } from "./_runs.ts";

const net = tinyNet();
const request = { net, data: bands, recipe, engine };

Deno.test("fit() comes to the weights, the figures and the answers of train()", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    const run = orThrow(await train({ ...request, out }, { log: false }));
    const steps: number[] = [];
    const fitted = orThrow(await fit(request, { onStep: ({ step }) => steps.push(step) }));
    const best = orThrow(await loadCheckpoint(join(out, "best.safetensors")));
    assertEquals(fitted.checkpoint.tensors, best.tensors);
    assertEquals(fitted.best, run.best);
    assertEquals(fitted.test, run.test);
    const figures = ({ trainLoss, validationAccuracy }: typeof run.epochs[number]) => [
      trainLoss,
      validationAccuracy,
    ];
    assertEquals(fitted.epochs.map(figures), run.epochs.map(figures));
    assertEquals(steps, steps.map((_, i) => i + 1));
    const answers = orThrow(await predict(fitted.checkpoint, bands, { engine }));
    assertEquals(answers, orThrow(await predict(out, bands, { engine })));
    // What is written is what every task takes.
    const path = join(folder, "own.safetensors");
    orThrow(await saveCheckpoint(path, fitted.checkpoint));
    assertEquals(orThrow(await loadCheckpoint(path)).tensors, best.tensors);
  });
});

Deno.test("fit() that is stopped gives the weights of its last step", async () => {
  let asked = 0;
  const stopped = orThrow(await fit(request, { interrupted: () => ++asked === 3 }));
  assert(!stopped.finished && stopped.test === undefined);
  assertEquals([stopped.epochs, stopped.checkpoint.position.step], [[], 3]);
});

Deno.test("fit() shows its checkpoints while it trains, which changes nothing", async () => {
  const taken: Checkpoint[] = [];
  const checkpoints = { every: 3, take: (checkpoint: Checkpoint) => void taken.push(checkpoint) };
  const watched = orThrow(await fit(request, { checkpoints }));
  const { checkpoint } = orThrow(await fit(request));
  assertEquals(watched.checkpoint.tensors, checkpoint.tensors);
  // Three epochs of four steps: within each, and at its end.
  assertEquals(taken.map(({ position: { step } }) => step), [3, 4, 7, 8, 11, 12]);
  const steps: number[] = [];
  const often = { every: 2, take: ({ position: { step } }: Checkpoint) => void steps.push(step) };
  orThrow(await fit(request, { checkpoints: often }));
  assertEquals(steps, [2, 4, 6, 8, 10, 12]);
  const [first, second] = taken.map(({ tensors }) => tensors.get("conv1.kernel")?.data);
  assert(first !== undefined && second !== undefined && first.some((x, i) => x !== second[i]));
  const wrong = [{ ...checkpoints, every: 0 }, { every: 1 }, { ...checkpoints, each: 1 }, 3];
  for (const one of wrong) {
    assert(problemsOf(await fit(request, { checkpoints: one as never })).length > 0);
  }
});

Deno.test("fit() refuses what belongs to a run folder, and predict() what is no checkpoint", async () => {
  const misplaced = await fit({ ...request, ...{ out: "runs/a" } });
  assertEquals(onlyProblem(misplaced).code, "unknown-option");
  const silent = { onStart: () => {}, saveEvery: 3 };
  assertEquals(onlyProblem(await fit(request, silent)).code, "unknown-option");
  const { checkpoint } = orThrow(await fit(request, { interrupted: () => true }));
  const damaged = [
    { ...checkpoint, tensors: new Map() },
    { ...checkpoint, classes: ["a"] },
    { ...checkpoint, input: [8] },
  ];
  for (const wrong of damaged) {
    assert(problemsOf(await predict(wrong, bands, { engine })).length > 0);
  }
  const both = await predict(checkpoint, bands, { engine, weights: "last" });
  assertEquals(onlyProblem(both).path, "weights");
});
