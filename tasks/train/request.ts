/** From the arguments of `deno task train` to a recipe. */
import type { OptimizerOptions } from "../../dsl/programs/optimizer.ts";
import { type Either, left, right } from "../../dsl/problem/result.ts";
import type { Recipe } from "../training/config.ts";
import { PRESETS } from "../training/presets.ts";
import { DEFAULTS, type TrainArguments } from "./options.ts";

/**
 * The recipe that the arguments ask for: a preset with what was changed of it,
 * or what is wrong with the arguments.
 */
export function recipeOf(given: TrainArguments): Either<string, Recipe> {
  const { epochs, steps, limit, rate, augment } = given;
  const preset = PRESETS[given.preset ?? "quick"];
  const optimizer = optimizerOf(given, preset.optimizer);
  if (optimizer._tag === "Left") return optimizer;
  const { kind } = optimizer.right;
  const { steps: presetSteps, limit: _, ...rest } = preset;
  // Steps alone decide the length of a run when only they are given, and epochs when only those are.
  const lastStep = steps ?? (epochs === undefined ? presetSteps : undefined);
  return right({
    ...rest,
    epochs: epochs ?? steps ?? preset.epochs,
    ...(lastStep === undefined ? {} : { steps: lastStep }),
    batch: given.batch ?? preset.batch,
    rate: rate ?? (kind === preset.optimizer.kind ? preset.rate : DEFAULTS.adamwRate),
    schedule: given.schedule ?? preset.schedule,
    optimizer: optimizer.right,
    labelSmoothing: given.labelSmoothing ?? preset.labelSmoothing,
    augment: augmentOf(augment, preset.augment),
    ...(given.labelNoise === undefined ? {} : { labelNoise: given.labelNoise }),
    validation: given.validation ?? preset.validation,
    ...(limit === undefined ? {} : { limit }),
    seed: given.seed ?? preset.seed,
  });
}

/** As many held out images as a recipe has, but a tenth of the training images at most unless they were asked for. */
export function heldOut(
  { validation, limit = Infinity }: Recipe,
  images: number,
  asked: number | undefined,
): number {
  return asked ?? Math.min(validation, Math.floor(Math.min(limit, images) / 10));
}

/** The options that a run that goes on cannot be given, among those that were; its folder has them all. */
export function refusedOnResume(given: TrainArguments): readonly string[] {
  const { net, ...options } = given;
  const names = Object.entries(options)
    .filter(([name, value]) => value !== undefined && !WITH_RESUME.has(name))
    .map(([name]) => OPTION_NAMES[name] ?? `--${name}`);
  return net === undefined ? names : ["NET", ...names];
}

/** The options that have nothing to do with what a run comes to, or are about going on. */
const WITH_RESUME: ReadonlySet<string> = new Set<keyof TrainArguments>([
  "resume",
  "saveEvery",
  "engine",
  "backend",
  "threads",
  "nproc",
]);

/** The names of options that are not called as their fields are. */
const OPTION_NAMES: Readonly<Record<string, string>> = {
  rate: "--lr",
  weightDecay: "--weight-decay",
  labelSmoothing: "--label-smoothing",
  labelNoise: "--label-noise",
};

function optimizerOf(
  { optimizer, momentum, weightDecay }: TrainArguments,
  preset: OptimizerOptions,
): Either<string, OptimizerOptions> {
  const kind = optimizer ?? preset.kind;
  if (kind !== "sgd" && momentum !== undefined) {
    return left(`--momentum belongs to --optimizer sgd, and the optimizer is ${kind}`);
  }
  const base: OptimizerOptions = kind === preset.kind ? preset : { kind };
  return right({
    ...base,
    ...(momentum === undefined ? {} : { momentum }),
    ...(weightDecay === undefined ? {} : { weightDecay }),
  });
}

function augmentOf(given: boolean | undefined, preset: Recipe["augment"]): Recipe["augment"] {
  if (given === undefined) return preset;
  if (!given) return "none";
  return preset === "none" ? { pad: 4, flip: true } : preset;
}
