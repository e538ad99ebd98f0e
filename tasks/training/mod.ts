/**
 * Training, evaluation, prediction and masks of attention from a script, as the tasks do them.
 *
 * @example
 * ```ts ignore
 * import { orThrow } from "@netfold/netfold";
 * import { attention20 } from "@netfold/netfold/nets";
 * import { predict, train } from "@netfold/netfold/train";
 *
 * const run = orThrow(await train({ net: attention20(), data: "cifar10", out: "runs/first" }));
 * console.log(run.test?.top1);
 * console.log(orThrow(await predict("runs/first", ["cat.jpg"])));
 * ```
 *
 * @module
 */
export type { EngineChoice } from "../../dsl/engines/choice.ts";
export type { RunFolder } from "../files/run_folder.ts";
export { drawMasks, type MaskSheet, type MaskSheetOptions } from "../masks/draw.ts";
export type { Checkpoint, Position, SaveOptions } from "./checkpoint.ts";
export { loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
export type { EarlierLength, RunConfig, TakenFrom } from "./config.ts";
export type { Lowered, Patience, Plateau } from "./patience.ts";
export type { Recipe, TrainingSize } from "./recipe.ts";
export type { EngineOptions, EngineUse } from "./engine.ts";
export { type CheckpointWatch, fit, type FitRequest, type Fitted, type FitWatch } from "./fit.ts";
export {
  findRate,
  type RateRequest,
  type RateStart,
  type RateTest,
  type RateWatch,
} from "./find_rate.ts";
export type { RateAdvice, RateStep } from "./rate_test.ts";
export { evaluate, type EvaluateOptions, type Evaluation } from "./evaluate.ts";
export type { InputArray, LabelledPixels, PixelArray } from "./image_arrays.ts";
export {
  type Guess,
  type PictureFile,
  type Pictures,
  predict,
  type Prediction,
  type PredictOptions,
} from "./predict.ts";
export type { UseOptions } from "./trained.ts";
export type { Weights } from "./weights.ts";
export type { StepEvent } from "./loop.ts";
export type { EpochRecord } from "./record.ts";
export type { StepRecord } from "../files/steps.ts";
export { type Figures, type Measurement, type Showing, softmax } from "./measure.ts";
export type { ViewsName } from "./views.ts";
export { type Preset, presetFor, type PresetName, PRESETS } from "./presets.ts";
export { learningRate, type ScheduleName, SCHEDULES } from "../../dsl/programs/schedule.ts";
export {
  resume,
  type ResumeOptions,
  train,
  type TrainOutcome,
  type TrainRequest,
  type TrainStart,
  type TrainWatch,
} from "./train.ts";
