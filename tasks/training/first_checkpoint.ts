/** The checkpoint with which a run begins: its initial weights, or those that it takes over. */
import { initialParameters, initialState } from "../../dsl/programs/initial.ts";
import { trainingStep } from "../../dsl/programs/training_step.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";
import { setBatches } from "../data/set_batches.ts";
import { sortedJson } from "../files/json.ts";
import { orThrow } from "../fp.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { recipeToJson, type RunConfig } from "./config.ts";
import type { Prepared } from "./prepare.ts";
import { stepOf } from "./recipe.ts";
import type { Taken } from "./weights.ts";

/** The images that initialisers look at. */
const SAMPLE = 500;

/** Training images as the network sees them, for initialisers that look at data. */
async function sampleOf({ recipe }: RunConfig, prepared: Prepared, classes: number) {
  if (recipe.starts === undefined) return {};
  const { train, dataKey: key, normalization } = prepared;
  const size = Math.min(SAMPLE, train.count);
  const how = { size, classes, key, epoch: 0, normalization, augment: "none", start: 0 } as const;
  for await (
    const { images } of orThrow(setBatches(train, { ...how, shuffle: true, last: "drop" }))
  ) {
    return { sample: { shape: [size, ...prepared.plan.input], data: Float32Array.from(images) } };
  }
  return {};
}

/** The checkpoint with which a run begins; what it takes over takes the place of what it would draw. */
export async function firstCheckpoint(
  config: RunConfig,
  prepared: Prepared,
  dataset: Dataset<ImageSet>,
  taken?: Pick<Taken, "tensors">,
): Promise<Checkpoint> {
  const { net, input, recipe } = config;
  const { starts = {} } = recipe;
  const sample = await sampleOf(config, prepared, dataset.classes.length);
  const drawn = initialParameters(prepared.plan, recipe.seed, { starts, ...sample });
  const parameters = new Map([...drawn, ...taken?.tensors ?? []]);
  return {
    net,
    input,
    classes: dataset.classes,
    normalization: prepared.normalization,
    seed: recipe.seed,
    position: { epoch: 0, batch: 0, step: 0, lossSum: 0, accuracySum: 0 },
    recipe: sortedJson(recipeToJson(recipe)),
    tensors: initialState(trainingStep(prepared.plan, stepOf(recipe)), parameters),
  };
}
