/** Pictures. */
import { decodeImage, type RgbImage } from "../../../tasks/data/image_file.ts";
import { makePng } from "../../data/_make_png.ts";
import { encodedPicture } from "../../data/_encoded_pictures.ts";
import { jpeg, png } from "../../data/_pictures.ts";
import { changedBytes } from "../bytes.ts";
import { changedJpeg } from "../jpeg.ts";
import { changedPng } from "../png.ts";
import { judged, type Reader } from "../reader.ts";

export const PICTURES: Readonly<Record<string, Reader>> = {
  png: {
    whole: async () => [
      ...[png(5, 4), png(4, 4, { channels: 1, depth: 16 })].map((bytes) => Uint8Array.from(bytes)),
      ...await Promise.all(PNGS.map(async (parts) => Uint8Array.from(await makePng(parts)))),
    ],
    change: changedPng,
    read: judged((bytes) => decodeImage(bytes, "a.png"), faultOfImage),
  },
  jpeg: {
    whole: () =>
      Promise.resolve([jpeg(9, 7), jpeg(33, 20), ...JPEGS].map((x) => Uint8Array.from(x))),
    change: changedJpeg,
    read: judged((bytes) => decodeImage(bytes, "a.jpg"), faultOfImage),
  },
  webp: {
    whole: () =>
      Promise.resolve(
        (["turned.webp", "clear.webp", "lossy.webp"] as const).map(encodedPicture),
      ),
    change: changedBytes,
    read: judged((bytes) => decodeImage(bytes, "a.webp"), faultOfImage),
  },
};

const JPEGS = ([
  ...["adobe_rgb.jpg", "cmyk_unmarked.jpg", "grey_restarts.jpg", "progressive_restarts.jpg"],
  ...["upright.jpg", "ycck.jpg"],
] as const).map(encodedPicture);

const PNGS = [
  { width: 4, height: 2, depth: 8, colourType: 3, rows: [[0, 1, 2, 1], [1, 1, 0, 2]] },
  { width: 9, height: 2, depth: 1, colourType: 0, rows: [[0xaa, 0x80], [0x55, 0]] },
  { width: 2, height: 1, depth: 8, colourType: 6, rows: [[9, 8, 7, 0, 1, 2, 3, 255]] },
  { width: 1, height: 1, depth: 8, colourType: 2, rows: [[1, 2, 3]] },
].map((parts) =>
  parts.colourType === 3 ? { ...parts, palette: [9, 9, 9, 0, 5, 0, 1, 1, 1] } : parts
);

function faultOfImage({ width, height, pixels }: RgbImage): string | undefined {
  return width >= 1 && height >= 1 && pixels.length === 3 * width * height
    ? undefined
    : `${pixels.length} bytes are not ${width} x ${height} pixels`;
}
