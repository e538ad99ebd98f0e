/** A run that is yet to begin: what it is, what it needs, its data, and the weights that it takes over. */
import type { Dataset, ImageSet } from "../data/dataset.ts";
import { knownImages } from "../data/known_images.ts";
import { attempt, orThrow, type Result } from "../fp.ts";
import type { RunConfig } from "./config.ts";
import { judged, prepare, type Prepared } from "./prepare.ts";
import { configOf, datasetOf, type TrainRequest, type TrainWatch } from "./request.ts";
import { warnOf } from "./warnings.ts";
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

/**
 * The run that is asked for, with its data, which is fetched once the network is judged.
 *
 * @throws {ProblemError} When something stands in its way.
 */
export async function newRunOn(
  request: Omit<TrainRequest, "out">,
  watch: Pick<TrainWatch, "onNote" | "onWarning">,
): Promise<NewRun & { readonly dataset: Dataset<ImageSet> }> {
  const { data } = request;
  const known = typeof data === "string" ? knownImages(data) : undefined;
  if (known !== undefined) orThrow(judged(configOf(request, known), known));
  const dataset = await datasetOf(data, watch);
  const run = orThrow(await newRun(request, dataset));
  warnOf(run.config, run.prepared, dataset, watch);
  return { ...run, dataset };
}
