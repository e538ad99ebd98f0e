/** The data set of a run that is used again: one that is given, or the one that its configuration names. */
import type { Dataset, ImageSet } from "../data/dataset.ts";
import { loadDataset } from "../data/load.ts";
import type { OnProgress } from "../data/progress.ts";
import { E, orThrow, pipe } from "../fp.ts";

/**
 * The data set of a run.
 *
 * @throws {ProblemError} When netfold does not know it by its name.
 */
export async function runData(
  name: string,
  given: Dataset<ImageSet> | undefined,
  options: { readonly onProgress?: OnProgress },
): Promise<Dataset<ImageSet>> {
  if (given !== undefined) return given;
  const loaded = pipe(
    await loadDataset(name, options),
    E.mapLeft((problems) =>
      problems.map((problem) =>
        problem.code === "unknown-data-set" ? { ...problem, hint } : problem
      )
    ),
  );
  return orThrow(loaded);
}

const hint =
  "the run was trained on a data set of its user's own: give it again, in a script { dataset }";
