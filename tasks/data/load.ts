/**
 * Data sets by name, as the command line gives it.
 */
import { fail, type Result } from "../../dsl/result.ts";
import { closest } from "../../dsl/suggest.ts";
import { cifar10 } from "./cifar10.ts";
import type { Dataset } from "./dataset.ts";
import type { OnProgress } from "./progress.ts";
import { shapes, type ShapesOptions } from "./shapes.ts";

/** Options of {@link loadDataset}; each data set takes those that concern it. */
export interface LoadOptions {
  /** The folder of caches, for data sets that are fetched. */
  readonly cache?: string;
  /** Is told of progress, by data sets that are fetched. */
  readonly onProgress?: OnProgress;
  /** The options of the procedural set. */
  readonly shapes?: ShapesOptions;
}

type Loader = (options: LoadOptions) => Promise<Result<Dataset>>;

const LOADERS: Readonly<Record<string, Loader>> = {
  cifar10: ({ cache, onProgress }) =>
    cifar10({
      ...(cache === undefined ? {} : { cache }),
      ...(onProgress === undefined ? {} : { onProgress }),
    }),
  shapes: (options) => Promise.resolve(shapes(options.shapes)),
};

/** The names of the data sets. */
export const DATASET_NAMES: readonly string[] = Object.keys(LOADERS);

/**
 * Loads a data set by name: `"cifar10"` or `"shapes"`. Fails on another name,
 * and as the data set itself does.
 *
 * @example
 * ```ts
 * import { loadDataset } from "@netfold/netfold/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await loadDataset("shape");
 * assertEquals(data._tag === "Left" && data.left[0]?.hint, 'did you mean "shapes"?');
 * ```
 */
export function loadDataset(
  name: string,
  options: LoadOptions = {},
): Promise<Result<Dataset>> {
  const load = Object.hasOwn(LOADERS, name) ? LOADERS[name] : undefined;
  if (load !== undefined) return load(options);
  return Promise.resolve(fail({
    path: "data",
    layer: "option",
    rule: "the data set must be one that exists",
    got: `"${name}"`,
    wanted: DATASET_NAMES.map((known) => `"${known}"`).join(" or "),
    hint: closest(name, DATASET_NAMES, ""),
  }));
}
