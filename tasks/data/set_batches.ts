/** Batches of images wherever they lie, ready before they are asked for. */
import { E, pipe, refused, type Result } from "../fp.ts";
import { type Batch, batches, sourceBatches } from "./batches.ts";
import { areFiles, areRead, type ImageSet } from "./dataset.ts";
import { fileBatches, type FileBatchOptions } from "./file_batches.ts";
import { prefetch } from "./prefetch.ts";

/** The batches of one epoch of images in memory, in files, or from a source. */
export function setBatches(
  images: ImageSet,
  options: FileBatchOptions,
): Result<AsyncIterable<Batch>> {
  if (areFiles(images)) return fileBatches(images, options);
  const { tenCrops = false, ...rest } = options;
  if (tenCrops) {
    return refused({ path: "crops", layer: "option", code: "image-size" }, {
      rule: "only pictures in files have other sizes than the network's",
      got: "ten crops",
      wanted: "a folder of pictures",
    });
  }
  return areRead(images)
    ? sourceBatches(images, rest)
    : pipe(batches(images, rest), E.map((made) => prefetch(made)));
}
