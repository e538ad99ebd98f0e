/** From a recipe and its prepared data to the batches of an epoch. */
import { defined } from "../../dsl/problem/defined.ts";
import type { FileBatchOptions } from "../data/file_batches.ts";
import type { Position } from "./checkpoint.ts";
import type { PreparedData } from "./prepare_data.ts";
import type { Recipe } from "./recipe.ts";

/** How the batches that are left of an epoch are made, from where a run stands. */
export function batchOptions(
  { batch, augment, mixup, cutmix }: Recipe,
  prepared: PreparedData,
  { classes, position }: {
    readonly classes: number;
    readonly position: Pick<Position, "epoch" | "batch" | "step">;
  },
): FileBatchOptions {
  const first = position.step - position.batch;
  return {
    size: batch,
    classes,
    key: prepared.dataKey,
    epoch: position.epoch,
    normalization: prepared.normalization,
    augment,
    mix: defined({ mixup, cutmix }),
    ...defined({ targets: prepared.targets, shares: prepared.shares }),
    shuffle: true,
    last: "drop",
    start: position.batch,
    sizeOf: (index) => {
      const small = prepared.sizes.find(({ end }) => first + index < end);
      const [height, width] = prepared.train.shape;
      return small === undefined ? [height, width] : [small.size, small.size];
    },
  };
}
