/** What parts of a recipe need of the size of images. */
import type { AugmentationRecord } from "../data/augment.ts";
import { augmentationOf, stepsOf } from "../data/augmentation.ts";
import type { Described } from "../data/dataset.ts";
import { type Problem, problemAt, type Result, right, unless } from "../fp.ts";
import type { Recipe } from "./recipe.ts";

/** What of a recipe is larger than images: smaller ones to begin with, squares cut out of them, mirrored borders. */
export function checkImageSize(
  { sizes = [], augment }: Recipe,
  { height, width }: Pick<Described, "height" | "width">,
): Result<unknown> {
  const side = Math.min(height, width);
  const larger = (
    sides: readonly unknown[],
    path: string,
    words: Pick<Problem, "rule" | "hint">,
    most: number = side,
  ): readonly Problem[] =>
    sides.filter((own) => Number(own) > most).map((own) =>
      problemAt({ path, layer: "option", code: "image-size" }, {
        ...words,
        got: `${own} pixels, of images of ${height}x${width}`,
        wanted: `${most} pixels at most`,
      })
    );
  const augmentation = augmentationOf(augment);
  // Other faults of a recipe are found where it is read.
  if (augmentation._tag === "Left" || !Array.isArray(sizes)) return right(undefined);
  const steps: readonly AugmentationRecord[] = augmentation.right
    ? stepsOf(augmentation.right)
    : [];
  const squares = steps.filter(({ name }) => name === "cutout").map(({ options }) => options.size);
  const mirrored = steps.filter(({ name, options }) =>
    name === "crop-flip" && options.edge === "reflect"
  ).map(({ options }) => options.pad);
  return unless([
    ...larger(sizes.map((part) => part?.size), "sizes", {
      rule: "the images of the first parts of a run are smaller than its own",
      hint: "give smaller sizes, or leave them out",
    }),
    ...larger(squares, "cutout", {
      rule: "the square that is left empty fits into an image",
      hint: `give a smaller square: ${Math.ceil(side / 2)} pixels are much already`,
    }),
    // A mirror shows what lies beside the edge, and no more.
    ...larger(mirrored, "augment.pad", {
      rule: "a mirrored border is narrower than an image",
      hint: 'give a narrower border, or edge: "zeros"',
    }, side - 1),
  ], undefined);
}
