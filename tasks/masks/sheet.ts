/**
 * A sheet of masks: one SVG for one picture, a row for each attention of the
 * network. A row shows the trunk's features before, the mask, the mask over the
 * picture, the features after, and single channels of the mask; of a mask of one
 * position, as squeeze-and-excitation has it, the channels as cells. On white, or
 * dark where its reader's pages are.
 */
import type { RgbImage } from "../data/image_file.ts";
import { xml } from "../../dsl/problem/escape.ts";
import { percent } from "../terminal/format.ts";
import type { Attention, Seen } from "./attention.ts";
import {
  channelGrid,
  channelMap,
  type FeatureMap,
  isChannels,
  meanMap,
  tellingChannels,
} from "./maps.ts";
import { DARK_STYLE, themed } from "../charts/theme.ts";
import { pictureTile, TILE } from "../charts/picture_tile.ts";
import { mapTile, overlayTile, type Tile } from "./tiles.ts";

export interface SheetOptions {
  readonly title: string;
  /** The network and its run, for the line below. */
  readonly subtitle: string;
  /** Channels of each mask to show; by default the three that differ most between positions. */
  readonly channels?: readonly number[] | undefined;
}

const WORDS = themed("words");
const MARGIN = 16;
const GAP = 10;
const TOP = 150;
const LABEL = 132;
const ROW = TILE + 34;
const SHOWN = 3;
const FEATURES =
  "Features: mean size over the channels; mask: mean over the channels, and single ones.";
const SHADES = "Dark is the smallest number of a tile, bright the largest; both stand below it.";
const CELLS =
  "Features: mean size over the channels; mask: a cell for each channel, or their mean.";
const COLUMNS = ["trunk before", "mask", "mask on picture", "after"];

export function maskSheet(picture: RgbImage, seen: Seen, options: SheetOptions): string {
  const { channels } = options;
  const maps = seen.attentions.map(({ mask }) => mask);
  const singles = channels?.length ?? fewestChannels(maps.filter((mask) => !isChannels(mask)));
  const width = MARGIN * 2 + LABEL + (COLUMNS.length + singles) * (TILE + GAP);
  const height = TOP + seen.attentions.length * ROW + MARGIN;
  const titles = [...COLUMNS, ...Array.from({ length: singles }, () => "mask channel")];
  const rows = seen.attentions.map((attention, i) =>
    row(attention, TOP + i * ROW, { picture, channels, singles })
  );
  const heading = [
    [20, options.title, 'font-size="16" font-weight="bold"'],
    [42, `taken for ${seen.guess}, ${percent(seen.probability, 1)}`, 'font-size="12"'],
    [62, options.subtitle, `font-size="12" fill="${WORDS}"`],
    [82, maps.some(isChannels) ? CELLS : FEATURES, `font-size="11" fill="${WORDS}"`],
    [98, SHADES, `font-size="11" fill="${WORDS}"`],
  ] as const;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" font-family="Helvetica, Arial, sans-serif" fill="${
      themed("text")
    }">`,
    DARK_STYLE,
    `<rect width="${width}" height="${height}" fill="${themed("background")}"/>`,
    image(pictureTile(picture), MARGIN, MARGIN),
    ...heading.map(([down, words, look]) => text(MARGIN + TILE + 16, MARGIN + down, words, look)),
    ...titles.map((title, i) =>
      text(columnAt(i) + TILE / 2, TOP - 8, title, 'font-size="11" text-anchor="middle"')
    ),
    ...rows,
    "</svg>",
    "",
  ].join("\n");
}

function fewestChannels(masks: readonly FeatureMap[]): number {
  const most = masks.length === 0 ? 0 : SHOWN;
  return masks.reduce((fewest, { channels }) => Math.min(fewest, channels), most);
}

function columnAt(index: number): number {
  return MARGIN + LABEL + index * (TILE + GAP);
}

function row(
  { path, learning, before, mask, after }: Attention,
  top: number,
  { picture, channels, singles }: {
    readonly picture: RgbImage;
    readonly channels: readonly number[] | undefined;
    readonly singles: number;
  },
): string {
  const isFlat = isChannels(mask);
  const chosen = channels ?? (isFlat ? [] : tellingChannels(mask, singles));
  const shown = isFlat ? channelGrid(mask) : meanMap(mask);
  const tiles: readonly (readonly [Tile | undefined, string])[] = [
    [mapTile(meanMap(before, { size: true })), ""],
    [mapTile(shown), ""],
    [isFlat ? undefined : overlayTile(shown, picture), ""],
    [mapTile(meanMap(after, { size: true })), ""],
    ...chosen.map((channel) => [mapTile(channelMap(mask, channel)), `${channel}: `] as const),
  ];
  const formula = learning === "arl" ? "(1 + M) T" : "M T";
  const size = `${mask.height}x${mask.width}x${mask.channels}`;
  return [
    ...lines(path).map((line, i) => text(MARGIN, top + 18 + i * 15, line, 'font-size="12"')),
    text(MARGIN, top + 70, size, `font-size="11" fill="${WORDS}"`),
    text(MARGIN, top + 86, formula, `font-size="11" fill="${WORDS}"`),
    ...tiles.map(([tile, label], i) => {
      if (tile === undefined) return "";
      const range = `${label}${short(tile.low)} to ${short(tile.high)}`;
      return image(tile.url, columnAt(i), top) +
        text(columnAt(i) + TILE / 2, top + TILE + 13, range, SMALL);
    }),
  ].join("\n");
}

const SMALL = `font-size="10" fill="${WORDS}" text-anchor="middle"`;

/** A path in lines that fit beside a row. */
function lines(path: string): readonly string[] {
  return path.split(".").map((name, i) => i === 0 ? name : `.${name}`);
}

function short(value: number): string {
  return `${Number(value.toPrecision(3))}`;
}

function image(url: string, x: number, y: number): string {
  return `<image x="${x}" y="${y}" width="${TILE}" height="${TILE}" href="${url}"/>`;
}

function text(x: number, y: number, words: string, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes}>${xml(words)}</text>`;
}
