/** The batches of an epoch as training gets them. */
import type { Batch, BatchOptions } from "../data/batches.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";
import { setBatches } from "../data/set_batches.ts";
import { all, attempt, orThrow, refused, type Result } from "../fp.ts";
import { batchOptions } from "../training/batch_options.ts";
import { checkImageSize } from "../training/image_size.ts";
import { checkData, prepareData, type PreparedData } from "../training/prepare_data.ts";
import type { Recipe } from "../training/recipe.ts";

/** Which batches are shown. */
export interface Asked {
  /** From 1. */
  readonly epoch?: number;
  readonly batches?: number;
}

/** A batch and the height and width of its images. */
export interface ShownBatch extends Batch {
  readonly size: readonly [number, number];
}

export interface ShownData {
  readonly data: PreparedData;
  readonly batches: readonly ShownBatch[];
}

/** The first batches of an epoch of a recipe, to the last bit those that a run would train on. */
export function shownBatches(
  recipe: Recipe,
  dataset: Dataset<ImageSet>,
  { epoch = 1, batches: wanted = 1 }: Asked = {},
): Promise<Result<ShownData>> {
  return attempt(async () => {
    orThrow(all({ data: checkData(recipe, dataset), images: checkImageSize(recipe, dataset) }));
    const data = orThrow(prepareData(recipe, dataset));
    const { stepsPerEpoch, train } = data;
    if (wanted > stepsPerEpoch) orThrow(tooMany(wanted, stepsPerEpoch));
    const options = batchOptions(recipe, data, {
      classes: dataset.classes.length,
      position: { epoch: epoch - 1, batch: 0, step: (epoch - 1) * stepsPerEpoch },
    });
    const batches: ShownBatch[] = [];
    for await (const batch of orThrow(setBatches(train, options))) {
      batches.push({ ...batch, size: sizeOf(options, batch, train) });
      if (batches.length === wanted) break;
    }
    return { data, batches };
  });
}

function sizeOf(
  { sizeOf }: Pick<BatchOptions, "sizeOf">,
  { index }: Batch,
  { shape: [height, width] }: ImageSet,
): readonly [number, number] {
  return sizeOf?.(index) ?? [height, width];
}

function tooMany(wanted: number, there: number): Result<never> {
  return refused({ path: "--batches", layer: "option", code: "invalid-option" }, {
    rule: "the batches are those of one epoch",
    got: `${wanted}`,
    wanted: `1 to ${there}`,
    hint: "show fewer, or make them smaller with --batch",
  });
}
