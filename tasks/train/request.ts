/** From the arguments of `deno task train` to a recipe. */
import { defined } from "../../dsl/problem/defined.ts";
import type { Recipe } from "../training/config.ts";
import { presetFor } from "../training/presets.ts";
import { optimizerOf } from "./optimizer.ts";
import { DEFAULTS, presetOf } from "./defaults.ts";
import type { TrainArguments } from "./options.ts";

/** The recipe that the arguments ask for: a preset with what was changed of it. */
export function recipeOf(given: TrainArguments, network: string): Recipe {
  const { epochs, steps, augment, batch, rate, schedule, labelSmoothing, labelNoise } = given;
  const { validation, limit, seed } = given;
  const { steps: presetSteps, limit: _, ...preset } = presetFor(network, presetOf(given));
  const optimizer = optimizerOf(given, preset.optimizer);
  // Steps alone decide the length of a run when only they are given, and epochs when only those are.
  const lastStep = steps ?? (epochs === undefined ? presetSteps : undefined);
  return {
    ...preset,
    rate: given.optimizer === undefined || given.optimizer === preset.optimizer.kind
      ? preset.rate
      : DEFAULTS.rates[given.optimizer],
    ...defined({ batch, rate, schedule, labelSmoothing, labelNoise, validation, limit, seed }),
    epochs: epochs ?? steps ?? preset.epochs,
    ...(lastStep === undefined ? {} : { steps: lastStep }),
    optimizer,
    augment: augmentOf(augment, preset.augment),
  };
}

/** As many held out images as a recipe has, but a tenth of the training images at most unless they were asked for. */
export function heldOut(
  { validation, limit = Infinity }: Recipe,
  images: number,
  asked: number | undefined,
): number {
  return asked ?? Math.min(validation, Math.floor(Math.min(limit, images) / 10));
}

function augmentOf(given: boolean | undefined, preset: Recipe["augment"]): Recipe["augment"] {
  if (given === undefined) return preset;
  if (!given) return "none";
  return preset === "none" ? { pad: 4, flip: true } : preset;
}
