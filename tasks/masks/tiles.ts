/**
 * Maps of numbers as small pictures: each value a colour of viridis (van der Walt and Smith, 2015),
 * which people with any colour vision can order and which keeps its order in print.
 */
import { coloured, enlarged, fitted, TILE, tileUrl } from "../charts/picture_tile.ts";
import { resize } from "../data/resize.ts";
import type { RgbImage } from "../data/image_file.ts";
import type { FeatureMap } from "./attention.ts";

/** A tile, and the numbers that its darkest and its brightest colour stand for. */
export interface Tile {
  readonly url: string;
  readonly low: number;
  readonly high: number;
}

const VIRIDIS = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 73, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [110, 206, 88],
  [181, 222, 43],
  [253, 231, 37],
] as const;

/** The colour of a share from 0 to 1. */
export function viridis(share: number): readonly [number, number, number] {
  const at = Math.min(1, Math.max(0, share)) * (VIRIDIS.length - 1);
  const index = Math.min(VIRIDIS.length - 2, Math.floor(at));
  const [low, high] = [VIRIDIS[index] ?? VIRIDIS[0], VIRIDIS[index + 1] ?? VIRIDIS[0]];
  const part = at - index;
  const mix = (c: 0 | 1 | 2): number => Math.round(low[c] + (high[c] - low[c]) * part);
  return [mix(0), mix(1), mix(2)];
}

function ends({ data }: FeatureMap): readonly [low: number, high: number] {
  return [
    data.reduce((a, b) => Math.min(a, b), Infinity),
    data.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
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
