/** PNG files of every kind, put together chunk by chunk. */

/** What a PNG file is to hold. */
export interface PngParts {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** 0 grey, 2 colour, 3 palette, 4 grey with alpha, 6 colour with alpha. */
  readonly colourType: number;
  /** The bytes of each row, packed as PNG packs them. */
  readonly rows: readonly (readonly number[])[];
  readonly palette?: readonly number[];
  readonly transparency?: readonly number[];
  readonly interlace?: 0 | 1;
}

function crc(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      value = (value >>> 1) ^ ((value & 1) === 1 ? 0xedb88320 : 0);
    }
  }
  return (value ^ 0xffffffff) >>> 0;
}

const uint32 = (value: number): readonly number[] => [
  value >>> 24,
  (value >>> 16) & 255,
  (value >>> 8) & 255,
  value & 255,
];

function chunk(type: string, data: readonly number[]): readonly number[] {
  const body = [...new TextEncoder().encode(type), ...data];
  return [...uint32(data.length), ...body, ...uint32(crc(Uint8Array.from(body)))];
}

async function deflate(bytes: readonly number[]): Promise<readonly number[]> {
  const stream = new Blob([Uint8Array.from(bytes)]).stream()
    .pipeThrough(new CompressionStream("deflate"));
  return [...new Uint8Array(await new Response(stream).arrayBuffer())];
}

/** The bytes of a PNG file. */
export async function makePng(parts: PngParts): Promise<Uint8Array> {
  const { width, height, depth, colourType, rows, palette, transparency } = parts;
  const header = [
    ...uint32(width),
    ...uint32(height),
    depth,
    colourType,
    0,
    0,
    parts.interlace ?? 0,
  ];
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    ...chunk("IHDR", header),
    ...(palette === undefined ? [] : chunk("PLTE", palette)),
    ...(transparency === undefined ? [] : chunk("tRNS", transparency)),
    ...chunk("IDAT", await deflate(rows.flatMap((row) => [0, ...row]))),
    ...chunk("IEND", []),
  ]);
}
