/**
 * The rows of a PNG file (PNG specification, third edition, sections 7 to 10): inflated piece by
 * piece, unfiltered one after the other. No more is inflated than the header needs, and no more is
 * kept than two rows.
 */
import { inflate } from "../../files/inflate.ts";
import { CHANNELS, type PngHeader } from "./_png_chunks.ts";

/** Where the pixels of a row go. */
export interface RowPlace {
  readonly row: number;
  readonly column: number;
  /** From one pixel to the next. */
  readonly step: number;
  readonly pixels: number;
}

/** Takes the samples of a row, packed as they are in the file. */
export type OnRow = (bytes: Uint8Array, place: RowPlace) => void;

/** Every which pixel of every which row, from which place on. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly across: number;
  readonly down: number;
}

const WHOLE: readonly Pass[] = [{ x: 0, y: 0, across: 1, down: 1 }];
const ADAM7: readonly Pass[] = [
  { x: 0, y: 0, across: 8, down: 8 },
  { x: 4, y: 0, across: 8, down: 8 },
  { x: 0, y: 4, across: 4, down: 8 },
  { x: 2, y: 0, across: 4, down: 4 },
  { x: 0, y: 2, across: 2, down: 4 },
  { x: 1, y: 0, across: 2, down: 2 },
  { x: 0, y: 1, across: 1, down: 2 },
];
/** Deflate packs 258 bytes into two bits at best. */
const MOST_INFLATED = 1032;

interface PassSize {
  readonly pixels: number;
  readonly rows: number;
  readonly rowBytes: number;
}

function sizeOf({ width, height, depth, colourType }: PngHeader, pass: Pass): PassSize {
  const pixels = Math.ceil((width - pass.x) / pass.across);
  const rows = Math.ceil((height - pass.y) / pass.down);
  const bits = pixels * CHANNELS[colourType] * depth;
  return pixels > 0 && rows > 0
    ? { pixels, rows, rowBytes: Math.ceil(bits / 8) }
    : { pixels: 0, rows: 0, rowBytes: 0 };
}

/** Calls `onRow` with each row, pass after pass; all the data must be there, and no more. */
export function readRows(
  header: PngHeader,
  data: readonly Uint8Array[],
  onRow: OnRow,
): void {
  const passes = header.isInterlaced ? ADAM7 : WHOLE;
  const sizes = passes.map((pass) => sizeOf(header, pass));
  const needed = sizes.reduce((sum, { rows, rowBytes }) => sum + rows * (1 + rowBytes), 0);
  const packed = data.reduce((sum, { length }) => sum + length, 0);
  const size = `${header.width}x${header.height} pixels`;
  if (packed * MOST_INFLATED < needed) {
    throw new Error(`${packed} bytes of pixel data, too few for ${size}`);
  }
  const rows = unfiltered(header, passes, sizes, onRow);
  let got = 0;
  inflate("zlib", data, (piece) => {
    got += piece.length;
    if (got > needed) throw new Error(`more pixel data than ${size} have`);
    rows(piece);
    return true;
  });
  if (got < needed) throw new Error(`${got} bytes of pixels, too few for ${size}`);
}

/** Takes bytes as they come, and undoes the filters row by row. */
function unfiltered(
  { depth, colourType }: PngHeader,
  passes: readonly Pass[],
  sizes: readonly PassSize[],
  onRow: OnRow,
): (piece: Uint8Array) => void {
  const pixelBytes = Math.max(1, CHANNELS[colourType] * depth / 8);
  let [pass, row, filled] = [-1, 0, 0];
  // The filter's number, then the samples; those of the row above likewise.
  let [line, above] = [new Uint8Array(0), new Uint8Array(0)];
  const nextPass = (): void => {
    do pass++; while (sizes[pass]?.rows === 0);
    row = 0;
    const { rowBytes = 0 } = sizes[pass] ?? {};
    [line, above] = [new Uint8Array(1 + rowBytes), new Uint8Array(1 + rowBytes)];
  };
  nextPass();
  return (piece) => {
    for (let at = 0; at < piece.length;) {
      const more = Math.min(line.length - filled, piece.length - at);
      line.set(piece.subarray(at, at + more), filled);
      [at, filled] = [at + more, filled + more];
      if (filled < line.length) return;
      filled = 0;
      unfilter(line, above, pixelBytes);
      const { x = 0, y = 0, across = 1, down = 1 } = passes[pass] ?? {};
      const { pixels = 0, rows = 0 } = sizes[pass] ?? {};
      onRow(line.subarray(1), { row: y + row * down, column: x, step: across, pixels });
      [line, above] = [above, line];
      if (++row === rows) nextPass();
    }
  };
}

/** Undoes the filter of a row in place; both begin with their filters' numbers. */
function unfilter(line: Uint8Array, above: Uint8Array, pixelBytes: number): void {
  const filter = line[0] as number;
  if (filter > 4) throw new Error(`a row with the filter ${filter}, which is unknown`);
  const first = 1 + pixelBytes;
  if (filter === 1) {
    for (let i = first; i < line.length; i++) {
      line[i] = (line[i] as number) + (line[i - pixelBytes] as number);
    }
  } else if (filter === 2) {
    for (let i = 1; i < line.length; i++) line[i] = (line[i] as number) + (above[i] as number);
  } else if (filter === 3) {
    for (let i = 1; i < line.length; i++) {
      const left = i < first ? 0 : line[i - pixelBytes] as number;
      line[i] = (line[i] as number) + (left + (above[i] as number) >> 1);
    }
  } else if (filter === 4) {
    for (let i = 1; i < line.length; i++) {
      const left = i < first ? 0 : line[i - pixelBytes] as number;
      const corner = i < first ? 0 : above[i - pixelBytes] as number;
      line[i] = (line[i] as number) + nearest(left, above[i] as number, corner);
    }
  }
}

/** The neighbour that is nearest to the slope of all three (Paeth). */
function nearest(left: number, up: number, corner: number): number {
  const a = Math.abs(up - corner);
  const b = Math.abs(left - corner);
  const c = Math.abs(left + up - 2 * corner);
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
