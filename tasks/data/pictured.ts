/**
 * Images as pictures for people: what a network is given, its normalisation undone, or images of a
 * set as they are measured.
 */
import { E, pipe, type Result, right } from "../fp.ts";
import { type Batch, sized } from "./batches.ts";
import { type ImageSet, type ImageShape, take } from "./dataset.ts";
import type { RgbImage } from "./image_file.ts";
import { type Normalization, normalizationMaps } from "./normalize.ts";
import { setBatches } from "./set_batches.ts";

/** How the images of a batch came about. */
export interface Made {
  /** The size of the set's images. */
  readonly shape: ImageShape;
  /** Height and width of the batch's; the set's by default. */
  readonly size?: readonly [number, number];
  readonly normalization: Normalization;
}

/**
 * The first `most` images of a batch as pictures: the mean is added again, and values beyond black
 * and white end there. One that could not be read is nothing. Of other than three channels the first
 * is shown in grey.
 */
export function pictured(
  { images, count, broken }: Pick<Batch, "images" | "count" | "broken">,
  { shape, size = [shape[0], shape[1]], normalization }: Made,
  most = count,
): Result<readonly (RgbImage | undefined)[]> {
  return pipe(
    normalizationMaps(normalization, shape),
    E.map(({ mean, factor }) => {
      const [height, width] = size;
      const channels = shape[2];
      const { values, shown } = sized(shape, size);
      const means = shown(mean);
      return Array.from({ length: Math.min(count, most) }, (_, i) => {
        if (broken?.has(i) === true) return undefined;
        const own = images.subarray(i * values, (i + 1) * values);
        const bytes = Uint8ClampedArray.from(
          own,
          (x, at) => 255 * (x / (factor[at % channels] as number) + (means[at] as number)),
        );
        return { height, width, pixels: coloured(bytes, channels) };
      });
    }),
  );
}

function coloured(bytes: Uint8ClampedArray, channels: number): Uint8Array<ArrayBuffer> {
  if (channels === 3) return Uint8Array.from(bytes);
  return Uint8Array.from(
    { length: bytes.length / channels * 3 },
    (_, i) => bytes[Math.floor(i / 3) * channels] ?? 0,
  );
}

/** The images at these places as a network is measured on them: of pictures in files the middle. */
export async function picturesAt(
  images: ImageSet,
  places: readonly number[],
): Promise<Result<readonly (RgbImage | undefined)[]>> {
  if (places.length === 0) return right([]);
  const { shape } = images;
  const chosen = take(images, places);
  const normalization = {
    kind: "per-channel",
    mean: new Float32Array(shape[2]),
    std: new Float32Array(shape[2]).fill(1),
  } as const;
  const source = setBatches(chosen, {
    key: [0, 0],
    epoch: 0,
    size: places.length,
    classes: Math.max(...chosen.labels) + 1,
    normalization,
  });
  if (source._tag === "Left") return source;
  const [batch] = await Array.fromAsync(source.right);
  return batch === undefined ? right([]) : pictured(batch, { shape, normalization });
}
