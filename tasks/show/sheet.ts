/** Batches as a sheet of pictures, each with its target below. */
import type { ChartWidth } from "../charts/width.ts";
import { pictureSheet, type SheetGroup, type SheetPicture } from "../charts/picture_sheet.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";
import { pictured } from "../data/pictured.ts";
import { allOf, E, pipe, type Result } from "../fp.ts";
import { count, percent } from "../terminal/format.ts";
import type { ShownBatch, ShownData } from "./batches.ts";

/** What a sheet is of. */
export interface SheetSubject {
  readonly dataset: Pick<Dataset<ImageSet>, "name" | "classes">;
  /** What has been done to the images, in words. */
  readonly made: readonly string[];
  /** From 1. */
  readonly epoch: number;
  /** How many images of each batch are shown at most. */
  readonly most: number;
}

export function batchesSheet(
  { data, batches }: ShownData,
  { dataset, made, epoch, most }: SheetSubject,
  width: ChartWidth = "wide",
): Result<string> {
  const { train: { shape }, normalization, stepsPerEpoch } = data;
  return pipe(
    allOf(batches.map((batch) =>
      pipe(
        pictured(batch, { shape, size: batch.size, normalization }, most),
        E.map((pictures): SheetGroup => ({
          title: groupTitle(batch, stepsPerEpoch, pictures.length),
          pictures: pictures.map((picture, i) => ({
            picture,
            words: picture === undefined ? ["unreadable"] : target(batch, i, dataset.classes),
          })),
        })),
      )
    )),
    E.map((groups) =>
      pictureSheet({
        title: `${dataset.name} as a network sees it`,
        subtitle: [...made, `epoch ${epoch}; the mean is added again`],
        groups,
      }, width)
    ),
  );
}

function groupTitle({ index, count: images, size }: ShownBatch, of: number, shown: number): string {
  const these = shown < images ? `the first ${shown} of ${count(images)}` : count(images);
  return `batch ${count(index + 1)} of ${count(of)}: ${these} images of ${size.join("x")}`;
}

/** The class of an image; of one that is mixed the shares of its two, each a line. */
function target(
  { targets }: Pick<ShownBatch, "targets">,
  i: number,
  classes: readonly string[],
): SheetPicture["words"] {
  const row = targets.subarray(i * classes.length, (i + 1) * classes.length);
  const shares = classes.map((name, label) => ({ name, share: row[label] ?? 0 }))
    .filter(({ share }) => share > 0).toSorted((a, b) => b.share - a.share);
  return shares.length === 1
    ? shares.map(({ name }) => name)
    : shares.map(({ name, share }) => `${percent(share, 0)} ${name}`);
}
