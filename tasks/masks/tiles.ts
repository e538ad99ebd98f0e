/** Maps of numbers as small pictures: each value a colour of viridis. */
import { coloured, enlarged, fitted, TILE, tileUrl } from "../charts/picture_tile.ts";
import { resize } from "../data/resize.ts";
import type { RgbImage } from "../data/image_file.ts";
import { ends, type FeatureMap } from "./maps.ts";
import { viridis } from "./viridis.ts";

/** A tile, and the numbers that its darkest and its brightest colour stand for. */
export interface Tile {
  readonly url: string;
  readonly low: number;
  readonly high: number;
}

/** A map of one channel as a tile, its positions as squares. */
export function mapTile(map: FeatureMap): Tile {
  const [low, high] = ends(map);
  const pixels = coloured((at) =>
    viridis(((map.data[enlarged(at, map)] ?? 0) - low) / (high - low || 1))
  );
  return { url: tileUrl(pixels), low, high };
}

/** How much of an overlay is the mask. */
const COVER = 0.6;

/** A map of one channel, enlarged smoothly, over the picture in grey. */
export function overlayTile(map: FeatureMap, picture: RgbImage): Tile {
  const [low, high] = ends(map);
  const triple = Float64Array.from(
    { length: map.data.length * 3 },
    (_, i) => map.data[Math.floor(i / 3)] ?? 0,
  );
  const large = resize(triple, map, { height: TILE, width: TILE });
  const below = fitted(picture);
  const pixels = coloured((at) => {
    const [r = 0, g = 0, b = 0] = below.subarray(at * 3, at * 3 + 3);
    const grey = 0.299 * r + 0.587 * g + 0.114 * b;
    const colour = viridis(((large[at * 3] ?? 0) - low) / (high - low || 1));
    return colour.map((value) => Math.round(COVER * value + (1 - COVER) * grey));
  });
  return { url: tileUrl(pixels), low, high };
}
