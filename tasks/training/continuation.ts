/**
 * Whether a run can resume from a checkpoint: only one that the run itself would have come to, with
 * its network, its optimiser, its data and its seed, leads to the end that it would have had
 * without the stop.
 */
import { equal } from "../../dsl/net/net.ts";
import { isMoving, parametersOf } from "../../dsl/plan/parameters.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { AVERAGE, AVERAGED_STEPS } from "../../dsl/programs/optimizers/wrappers.ts";
import { left, type Problem, problemAt, type Result, right } from "../fp.ts";
import { showJson, sortedJson } from "../files/json.ts";
import { type Checkpoint, misfit } from "./checkpoint.ts";
import { type Recipe, recipeToJson, type RunConfig } from "./config.ts";
import type { Prepared } from "./prepare.ts";

/** The beginning of a run, which decides where it can stand. */
export interface Beginning {
  readonly first: Checkpoint;
  readonly prepared: Pick<Prepared, "stepsPerEpoch" | "totalSteps">;
}

/** Gives the checkpoint back, or everything that keeps the run from resuming from it. */
export function checkContinuation(
  path: string,
  checkpoint: Checkpoint,
  { first, prepared }: Beginning,
): Result<Checkpoint> {
  const report = (rule: string, got: string, wanted: string): Problem =>
    problemAt({ path, layer: "checkpoint", code: "other-run" }, {
      rule,
      got,
      wanted,
      hint: "restore the run's own files and data, or start a new run",
    });
  const network = equal(checkpoint.net, first.net) ? [] : [report(
    "the checkpoint belongs to another network",
    "a network that differs from config.json's",
    "the network of the run",
  )];
  const fits = network.length > 0
    ? right(undefined)
    : misfit(path, checkpoint.tensors, first.tensors);
  const seed = checkpoint.seed === first.seed ? [] : [report(
    "the checkpoint belongs to a run with another seed",
    `${checkpoint.seed}`,
    `${first.seed}`,
  )];
  const data = sameData(checkpoint, first) ? [] : [report(
    "the training images must be those that the run began with",
    "images with other classes or another mean",
    "the data set, the limit and the validation images of the run",
  )];
  const { epoch, batch, step } = checkpoint.position;
  const { stepsPerEpoch, totalSteps } = prepared;
  const reached = Math.min(totalSteps, epoch * stepsPerEpoch + batch);
  const place = step === reached && batch <= stepsPerEpoch ? [] : [report(
    "the checkpoint must stand within the run",
    `${step} steps, batch ${batch} of epoch ${epoch + 1}`,
    `a place among the ${totalSteps} steps of the run, ${stepsPerEpoch} in an epoch`,
  )];
  const problems = [...network, ...(fits._tag === "Left" ? fits.left : []), ...seed, ...data];
  // Other images give other epochs, so the place says something only when they are the same.
  const all = problems.length > 0 ? problems : place;
  return all.length === 0 ? right(checkpoint) : left(all);
}

/**
 * The running statistics of which a checkpoint has no average, though it has one of weights: those
 * of earlier versions have none. `isKept` says whether the run keeps one, by its name.
 */
export function unaveraged(
  { tensors }: Checkpoint,
  plan: Plan,
  isKept: (name: string) => boolean = () => true,
): readonly string[] {
  if (!tensors.has(AVERAGED_STEPS)) return [];
  return parametersOf(plan).filter(isMoving).map(({ path }) => path).filter((path) => {
    const name = `${AVERAGE}${path}`;
    return isKept(name) && !tensors.has(name);
  });
}

/** A checkpoint whose averages of these statistics begin with the last ones. */
export function withAverages(checkpoint: Checkpoint, paths: readonly string[]): Checkpoint {
  const { tensors } = checkpoint;
  const begun = paths.flatMap((path) => {
    const tensor = tensors.get(path);
    return tensor === undefined ? [] : [[`${AVERAGE}${path}`, tensor] as const];
  });
  return { ...checkpoint, tensors: new Map([...tensors, ...begun]) };
}

/** A checkpoint at which a run came to its end, as one within the run when that is longer now: its last epoch goes on where it was cut short. */
export function takenUp(checkpoint: Checkpoint, totalSteps: number): Checkpoint {
  const { cut, ...position } = checkpoint.position;
  if (cut === undefined || position.step >= totalSteps) return checkpoint;
  return { ...checkpoint, position: { ...position, epoch: position.epoch - 1, ...cut } };
}

/** The settings that were changed in a run's configuration since a checkpoint, in words. */
export function changedSettings(then: Checkpoint, recipe: Recipe): readonly string[] {
  if (then.recipe === undefined) return [];
  const [before, now] = [sortedJson(then.recipe), sortedJson(recipeToJson(recipe))];
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((name) => !equal(before[name], now[name]))
    .map((name) => `${name} was ${showJson(before[name])} and is ${showJson(now[name])}`);
}

/** Settings of PyTorch's script that decide what a run learns or how it is measured, as all engines have them. */
const EVERYWHERE = {
  milestones: [0.4, 0.6],
  repeats: 1,
  randaugment: 0,
  erasing: 0,
  views: "none",
};

/** The settings of PyTorch's script, in words, without which another engine resumes a run. */
export function leftOut({ torch = {} }: Pick<RunConfig, "torch">): readonly string[] {
  const given = sortedJson(torch);
  return Object.entries(EVERYWHERE)
    .filter(([name, value]) => name in given && !equal(given[name], value))
    .map(([name]) => `${name} ${showJson(given[name])}`);
}

function sameData(a: Checkpoint, b: Checkpoint): boolean {
  const means = [a.normalization.mean, b.normalization.mean] as const;
  return a.classes.join("\n") === b.classes.join("\n") &&
    means[0].length === means[1].length &&
    means[0].every((mean, i) => mean === means[1][i]);
}
