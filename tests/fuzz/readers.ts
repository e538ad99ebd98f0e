/** Everything of netfold that reads files from outside. */
import type { Reader } from "./reader.ts";
import { CACHE } from "./readers/cache.ts";
import { DATA } from "./readers/data.ts";
import { NETWORKS } from "./readers/networks.ts";
import { PICTURES } from "./readers/pictures.ts";
import { RUNS } from "./readers/runs.ts";
import { WEIGHTS } from "./readers/weights.ts";

/** All readers, by name. */
export const READERS: Readonly<Record<string, Reader>> = {
  ...NETWORKS,
  ...RUNS,
  ...PICTURES,
  ...WEIGHTS,
  ...DATA,
  ...CACHE,
};
