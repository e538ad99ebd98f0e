/** Loading a data set while someone waits. */
import type { ImageSet, TestedDataset } from "../data/dataset.ts";
import { loadDataset } from "../data/load.ts";
import { orThrow } from "../fp.ts";
import { dataStatus, noteBroken } from "./data_status.ts";
import { standardError } from "./terminal.ts";

/**
 * Loads a data set by its name, shows how far that is, and names the files that are left out.
 *
 * @throws {ProblemError} When there is no such data set, or it cannot be loaded.
 */
export async function watchedData(name: string): Promise<TestedDataset<ImageSet>> {
  const status = dataStatus();
  status.show(`loading ${name}`);
  const found = await loadDataset(name, { onProgress: status.onProgress });
  status.clear();
  const dataset = orThrow(found);
  noteBroken(dataset.broken ?? [], standardError());
  return dataset;
}
