/** Batches of images wherever they lie, ready before they are asked for. */
import { fail, type Result, right } from "../../dsl/problem/result.ts";
import { scales } from "./augment.ts";
import { type Batch, batches } from "./batches.ts";
import { areFiles, type ImageSet } from "./dataset.ts";
import { fileBatches, type FileBatchOptions } from "./file_batches.ts";
import { prefetch } from "./prefetch.ts";

/** The batches of one epoch of images in memory or in files. */
export function setBatches(
  images: ImageSet,
  options: FileBatchOptions,
): Result<AsyncIterable<Batch>> {
  if (areFiles(images)) return fileBatches(images, options);
  const { augment = "none", tenCrops = false, ...rest } = options;
  if (tenCrops || scales(augment)) {
    return fail({
      path: tenCrops ? "crops" : "augment",
      layer: "option",
      code: "image-size",
      rule: "only pictures in files have other sizes than the network's",
      got: tenCrops ? "ten crops" : "scale and proportions changed at random",
      wanted: "a folder of pictures",
      hint: "",
    });
  }
  const made = batches(images, { ...rest, augment });
  return made._tag === "Left" ? made : right(prefetch(made.right));
}
