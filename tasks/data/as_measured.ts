/**
 * A picture of any size as the test pictures of its kind of data set are measured: of a folder of
 * pictures the middle view, which networks trained on one know; other data sets have pictures of
 * one size, and one of another size is left as it is.
 */
import { namedData } from "./_named_data.ts";
import { shorterFor, viewOf } from "./_views.ts";
import type { RgbImage } from "./image_file.ts";

/** The part of a picture that a network trained on the data set, as a run's configuration names it, would be measured on. */
export function asMeasured(
  picture: RgbImage,
  data: string,
  { height, width }: { readonly height: number; readonly width: number },
): RgbImage {
  const { name, choices } = namedData(data);
  if (name !== "folder") return picture;
  const shorter = Number(choices.get("shorter") ?? shorterFor(height));
  return { height, width, pixels: viewOf(picture, { kind: "middle" }, { height, width, shorter }) };
}
