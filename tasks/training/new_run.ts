/** A run that is yet to begin: what it is, what it needs, its data, and the weights that it takes over. */
import type { Dataset, ImageSet } from "../data/dataset.ts";
import { knownImages } from "../data/known_images.ts";
import { attempt, E, orThrow, pipe, type Result, right } from "../fp.ts";
import type { RunConfig } from "./config.ts";
import { judged, prepare, type Prepared } from "./prepare.ts";
import { configOf, datasetOf, type TrainRequest, type TrainWatch } from "./request.ts";
import { warnOf } from "./warnings.ts";
import { openSource, type Taken, takeWeights } from "./weights.ts";
import type { Source } from "./_placed.ts";

export interface NewRun {
  readonly config: RunConfig;
  readonly prepared: Prepared;
  /** Nothing when the recipe and the seed decide the first weights. */
  readonly taken?: Taken;
}

/** What a run is to begin with, if it is asked to begin with weights. */
export function sourceFor(
  { weights, ...using }: Pick<TrainRequest, "weights" | "language">,
): Promise<Result<Source | undefined>> {
  return attempt(async () =>
    weights === undefined ? undefined : orThrow(await openSource(weights, using))
  );
}

/** The run that is asked for, or everything that stands in its way. */
export function newRun(
  request: Omit<TrainRequest, "data" | "out">,
  dataset: Dataset<ImageSet>,
  source: Source | undefined,
): Result<NewRun> {
  const config = configOf(request, dataset);
  return pipe(
    prepare(config, dataset),
    E.flatMap((prepared): Result<NewRun> =>
      source === undefined ? right({ config, prepared }) : pipe(
        takeWeights(source, config, prepared, dataset.classes),
        E.map((taken) => {
          const { from, normalization } = taken;
          return { config: { ...config, from }, prepared: { ...prepared, normalization }, taken };
        }),
      )
    ),
  );
}

/**
 * The run that is asked for, with its data, which is fetched once the network is judged and the
 * weights that it begins with are there.
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
  const source = orThrow(await sourceFor(request));
  const dataset = await datasetOf(data, watch);
  const run = orThrow(newRun(request, dataset, source));
  warnOf(run.config, run.prepared, dataset, watch);
  return { ...run, dataset };
}
