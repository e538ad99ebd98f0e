/** Changes to PNG files that keep their chunks whole: their checksums are those of what stands there. */
import { Buffer } from "node:buffer";
import { crc32, deflateSync, inflateSync } from "node:zlib";
import { concat } from "@std/bytes";
import { type Bytes, changedBytes, numberBytes, textBytes } from "./bytes.ts";
import type { Dice } from "./dice.ts";

interface Chunk {
  readonly type: string;
  readonly data: Bytes;
}

const SIGNATURE = 8;
const TYPES = ["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "iCCP", "tEXt", "zTXt", "gAMA", "eXIf"];
const OTHERS = ["acTL", "fdAT", "CgBI", "ABCD", "abcd", "    ", "bKGD", "pHYs", "sPLT", "iTXt"];

/** A PNG file with one change to its chunks. */
export function changedPng(bytes: Bytes, dice: Dice): Bytes {
  const chunks = chunksOf(bytes);
  if (chunks.length === 0) return changedBytes(bytes, dice);
  const at = dice.below(chunks.length);
  const changed = dice.pick(CHANGES)(chunks, at, dice);
  const right = dice.chance(0.95);
  return concat([
    bytes.subarray(0, SIGNATURE),
    ...changed.map((chunk) => chunkBytes(chunk, right ? 0 : dice.below(2))),
  ]);
}

type Change = (chunks: readonly Chunk[], at: number, dice: Dice) => readonly Chunk[];

const CHANGES: readonly Change[] = [
  // What a chunk holds.
  (chunks, at, dice) => withData(chunks, at, (data) => changedBytes(data, dice)),
  // The header: size, depth, colours, interlacing.
  (chunks, _, dice) =>
    withData(chunks, 0, (data) => {
      const header = data.slice();
      const field = dice.below(7);
      const size = [0, 1, 2, 7, 255, 10_000, 2 ** 16, 2 ** 31 - 1, 2 ** 32 - 1];
      const value = field < 2
        ? numberBytes(BigInt(dice.pick(size)), 4, false)
        : [dice.pick([0, 1, 2, 3, 4, 5, 6, 8, 16, 255])];
      value.forEach((byte, i) => header[(field < 2 ? 4 * field : 6 + field) + i] = byte);
      return header;
    }),
  // The packed rows.
  (chunks, _, dice) =>
    withData(chunks, chunks.findIndex(({ type }) => type === "IDAT"), (data) => {
      try {
        const rows = inflateSync(data);
        return packed(changedBytes(Uint8Array.from(rows), dice));
      } catch {
        return data;
      }
    }),
  // The rows grow to what no header asks for.
  (chunks, _, dice) =>
    withData(
      chunks,
      chunks.findIndex(({ type }) => type === "IDAT"),
      () => packed(new Uint8Array(10 ** dice.below(8))),
    ),
  (chunks, at) => chunks.toSpliced(at, 1),
  (chunks, at) => chunks.flatMap((chunk, i) => i === at ? [chunk, chunk] : [chunk]),
  (chunks, at, dice) => {
    const other = dice.below(chunks.length);
    const [a, b] = [chunks[at], chunks[other]];
    return a === undefined || b === undefined ? chunks : chunks.with(at, b).with(other, a);
  },
  (chunks, at, dice) =>
    chunks.toSpliced(at, 0, {
      type: dice.pick([...TYPES, ...OTHERS]),
      data: Uint8Array.from({ length: dice.below(40) }, () => dice.below(256)),
    }),
  // A chunk of text that unpacks to very much.
  (chunks, at, dice) =>
    chunks.toSpliced(at, 0, {
      type: dice.pick(["iCCP", "zTXt", "iTXt"]),
      data: concat([textBytes("name\0\0"), packed(new Uint8Array(10 ** dice.below(8)))]),
    }),
  // The rows in several chunks.
  (chunks, _, dice) =>
    chunks.flatMap((chunk) => {
      const cut = dice.below(chunk.data.length + 1);
      const { type, data } = chunk;
      return type === "IDAT"
        ? [{ type, data: data.slice(0, cut) }, { type, data: data.slice(cut) }]
        : [chunk];
    }),
];

function withData(
  chunks: readonly Chunk[],
  at: number,
  change: (data: Bytes) => Bytes,
): readonly Chunk[] {
  return chunks.map((chunk, i) => i === at ? { ...chunk, data: change(chunk.data) } : chunk);
}

function packed(rows: Bytes): Bytes {
  return Uint8Array.from(deflateSync(rows, { level: 1 }));
}

function chunksOf(bytes: Bytes): readonly Chunk[] {
  const chunks: Chunk[] = [];
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = SIGNATURE;
  while (at + 12 <= bytes.length) {
    const length = view.readUInt32BE(at);
    if (at + 12 + length > bytes.length) break;
    const type = view.toString("latin1", at + 4, at + 8);
    chunks.push({ type, data: bytes.slice(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return chunks;
}

function chunkBytes({ type, data }: Chunk, off: number): Bytes {
  const body = concat([Uint8Array.from(type, (letter) => letter.charCodeAt(0)), data]);
  return concat([
    Uint8Array.from(numberBytes(BigInt(data.length), 4, false)),
    body,
    Uint8Array.from(numberBytes(BigInt(crc32(body) ^ off), 4, false)),
  ]);
}
