/**
 * Pictures in rows, each with a few words below it: one SVG, on white, or dark where its reader's
 * pages are.
 */
import { xml } from "../../dsl/problem/escape.ts";
import { wrapped } from "../../dsl/problem/wrap.ts";
import type { RgbImage } from "../data/image_file.ts";
import { cutMiddle } from "../terminal/width.ts";
import { DARK_STYLE, themed } from "./theme.ts";
import { pictureTile, TILE } from "./picture_tile.ts";
import type { ChartWidth } from "./width.ts";

/** A picture of a sheet. */
export interface SheetPicture {
  /** Nothing of one that could not be read. */
  readonly picture: RgbImage | undefined;
  /** What stands below it, a line each. */
  readonly words: readonly string[];
}

/** Pictures that belong together. */
export interface SheetGroup {
  readonly title: string;
  readonly pictures: readonly SheetPicture[];
}

/** What a sheet shows. */
export interface Sheet {
  readonly title: string;
  readonly subtitle: readonly string[];
  readonly groups: readonly SheetGroup[];
}

const COLUMNS: Readonly<Record<ChartWidth, number>> = { wide: 8, narrow: 3 };
const MARGIN = 16;
const GAP = 10;
const LINE = 13;
/** The letters of a line below a picture, and the pixels of a letter of a subtitle. */
const [LETTERS, LETTER] = [16, 6];
const HEADING = 30;

/**
 * Draws a sheet.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { pictureSheet } from "./picture_sheet.ts";
 *
 * const picture = { height: 1, width: 1, pixels: Uint8Array.of(255, 0, 0) };
 * const groups = [{ title: "", pictures: [{ picture, words: ["red"] }] }];
 * assertStringIncludes(pictureSheet({ title: "Colours", subtitle: [], groups }), "red");
 * ```
 */
export function pictureSheet(
  { title, subtitle, groups }: Sheet,
  width: ChartWidth = "wide",
): string {
  const columns = COLUMNS[width];
  const across = 2 * MARGIN + columns * (TILE + GAP) - GAP;
  const lines = subtitle.flatMap((line) =>
    wrapped(line, Math.floor((across - 2 * MARGIN) / LETTER))
  );
  const heading = [
    words(MARGIN, MARGIN + 14, title, `font-size="16" font-weight="bold" fill="${TEXT}"`),
    ...lines.map((line, i) =>
      words(MARGIN, MARGIN + 34 + i * 16, line, `font-size="12" fill="${WORDS}"`)
    ),
  ];
  let top = MARGIN + 34 + lines.length * 16;
  const drawn = groups.map((group) => {
    const at = top;
    const rows = Math.ceil(group.pictures.length / columns);
    top += (group.title === "" ? 0 : HEADING) + rows * rowHeight(group);
    return drawGroup(group, at, columns);
  });
  const height = top + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${across}" height="${height}" ` +
    `viewBox="0 0 ${across} ${height}" font-family="Helvetica, Arial, sans-serif">`,
    DARK_STYLE,
    `<rect width="${across}" height="${height}" fill="${themed("background")}"/>`,
    ...heading,
    ...drawn,
    "</svg>",
    "",
  ].join("\n");
}

const [TEXT, WORDS] = [themed("text"), themed("words")];

function rowHeight({ pictures }: SheetGroup): number {
  const tallest = Math.max(...pictures.map(({ picture }) => sizeOf(picture).height), 0);
  return tallest + Math.max(...pictures.map((one) => one.words.length), 0) * LINE + GAP;
}

function drawGroup(group: SheetGroup, top: number, columns: number): string {
  const { title, pictures } = group;
  const first = top + (title === "" ? 0 : HEADING);
  return [
    ...(title === "" ? [] : [words(MARGIN, top + 20, title, `font-size="13" fill="${TEXT}"`)]),
    ...pictures.map((one, i) =>
      drawPicture(one, {
        x: MARGIN + i % columns * (TILE + GAP),
        y: first + Math.floor(i / columns) * rowHeight(group),
      })
    ),
  ].join("\n");
}

function drawPicture(
  { picture, words: below }: SheetPicture,
  { x, y }: { readonly x: number; readonly y: number },
): string {
  const { height, width } = sizeOf(picture);
  const image = picture === undefined
    ? `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${themed("grid")}"/>`
    : `<image x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none" ` +
      `href="${pictureTile(picture)}"/>`;
  return `<g><title>${xml(below.join(", "))}</title>${image}${
    below.map((line, i) =>
      words(
        x,
        y + height + 11 + i * LINE,
        cutMiddle(line, LETTERS),
        `font-size="10" fill="${i === 0 ? TEXT : WORDS}"`,
      )
    ).join("")
  }</g>`;
}

/** The size of a tile that has the proportions of a picture. */
function sizeOf(picture: RgbImage | undefined): Pick<RgbImage, "height" | "width"> {
  const { height, width } = picture ?? { height: 1, width: 1 };
  const scale = TILE / Math.max(height, width);
  return { height: Math.round(height * scale), width: Math.round(width * scale) };
}

function words(x: number, y: number, text: string, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes}>${xml(text)}</text>`;
}
