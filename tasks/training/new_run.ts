/** A run that is yet to begin: what it is, what it needs, and the weights that it takes over. */
import type { Dataset, ImageSet } from "../data/dataset.ts";
import { attempt, orThrow, type Result } from "../fp.ts";
import type { RunConfig } from "./config.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { configOf, type TrainRequest } from "./request.ts";
import { type Taken, takeWeights } from "./weights.ts";

export interface NewRun {
  readonly config: RunConfig;
  readonly prepared: Prepared;
  /** Nothing when the recipe and the seed decide the first weights. */
  readonly taken?: Taken;
}

/** The run that is asked for, or everything that stands in its way. */
export function newRun(
  request: Omit<TrainRequest, "data" | "out">,
  dataset: Dataset<ImageSet>,
): Promise<Result<NewRun>> {
  return attempt(async () => {
    const config = configOf(request, dataset);
    const prepared = orThrow(prepare(config, dataset));
    if (request.weights === undefined) return { config, prepared };
    const { classes } = dataset;
    const taken = orThrow(await takeWeights(request.weights, config, prepared, classes));
    const { from, normalization } = taken;
    return { config: { ...config, from }, prepared: { ...prepared, normalization }, taken };
  });
}
