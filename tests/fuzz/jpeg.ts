/** Changes to JPEG files by their segments: tables, frames, scans and what lies between. */
import { Buffer } from "node:buffer";
import { concat } from "@std/bytes";
import { type Bytes, changedBytes } from "./bytes.ts";
import type { Dice } from "./dice.ts";

/** A marker with what follows it: a segment's data, or a scan's. */
interface Segment {
  readonly marker: number;
  /** Nothing for markers without a length. */
  readonly data?: Bytes;
  /** What is coded, after a start of scan. */
  readonly coded: Bytes;
}

const MARKERS = [0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc9, 0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xd0];
const OTHERS = [0xe0, 0xe1, 0xe2, 0xee, 0xfe, 0x01, 0x00, 0xff];

/** A JPEG file with one change to its segments. */
export function changedJpeg(bytes: Bytes, dice: Dice): Bytes {
  const segments = segmentsOf(bytes);
  if (segments.length === 0) return changedBytes(bytes, dice);
  const changed = dice.pick(CHANGES)(segments, dice.below(segments.length), dice);
  return concat(changed.flatMap(segmentBytes));
}

type Change = (segments: readonly Segment[], at: number, dice: Dice) => readonly Segment[];

const isFrame = ({ marker }: Segment): boolean => marker >= 0xc0 && marker <= 0xc2;

const CHANGES: readonly Change[] = [
  (segments, at, dice) => withData(segments, at, (data) => changedBytes(data, dice)),
  // The frame: its size, its components, how they are sampled.
  (segments, _, dice) =>
    withData(segments, segments.findIndex(isFrame), (data) => {
      const frame = data.slice();
      const at = dice.below(frame.length);
      frame[at] = dice.pick([0, 1, 2, 3, 4, 5, 0x11, 0x22, 0x41, 0xff, dice.below(256)]);
      return frame;
    }),
  (segments, _, dice) =>
    withData(segments, segments.findIndex(isFrame), (data) => {
      const frame = data.slice();
      const size = dice.pick([0, 1, 8, 10_000, 65_535]);
      const at = dice.pick([1, 3]);
      [frame[at], frame[at + 1]] = [size >> 8, size & 255];
      return frame;
    }),
  // What is coded.
  (segments, _, dice) =>
    segments.map((segment) => ({ ...segment, coded: changedBytes(segment.coded, dice) })),
  (segments, at) => segments.toSpliced(at, 1),
  (segments, at) => segments.flatMap((one, i) => i === at ? [one, one] : [one]),
  (segments, at, dice) => {
    const other = dice.below(segments.length);
    const [a, b] = [segments[at], segments[other]];
    return a === undefined || b === undefined ? segments : segments.with(at, b).with(other, a);
  },
  (segments, at, dice) =>
    segments.map((segment, i) =>
      i === at ? { ...segment, marker: dice.pick([...MARKERS, ...OTHERS]) } : segment
    ),
  (segments, at, dice) =>
    segments.toSpliced(at, 0, {
      marker: dice.pick([...MARKERS, ...OTHERS]),
      data: Uint8Array.from({ length: dice.below(40) }, () => dice.below(256)),
      coded: new Uint8Array(),
    }),
  // A restart interval that the data does not keep.
  (segments, at, dice) =>
    segments.toSpliced(at, 0, {
      marker: 0xdd,
      data: Uint8Array.of(0, dice.below(8)),
      coded: new Uint8Array(),
    }),
];

function withData(
  segments: readonly Segment[],
  at: number,
  change: (data: Bytes) => Bytes,
): readonly Segment[] {
  return segments.map((segment, i) =>
    i === at && segment.data !== undefined ? { ...segment, data: change(segment.data) } : segment
  );
}

const isAlone = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd9 || marker === 1;

function segmentsOf(bytes: Bytes): readonly Segment[] {
  const segments: Segment[] = [];
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at + 2 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    const length = isAlone(marker) || at + 4 > bytes.length ? 0 : view.readUInt16BE(at + 2);
    const end = Math.min(bytes.length, at + 2 + length);
    let next = end;
    if (marker === 0xda) {
      while (next < bytes.length && !(bytes[next] === 0xff && isMarker(bytes[next + 1] ?? 0))) {
        next++;
      }
    }
    const coded = bytes.slice(end, next);
    segments.push(
      length === 0 ? { marker, coded } : {
        marker,
        data: bytes.slice(at + 4, end),
        coded,
      },
    );
    at = next;
  }
  return segments;
}

/** Whether the byte after 0xff ends what is coded. */
function isMarker(byte: number): boolean {
  return byte !== 0 && !(byte >= 0xd0 && byte <= 0xd7);
}

function segmentBytes({ marker, data, coded }: Segment): readonly Bytes[] {
  const start = Uint8Array.of(0xff, marker);
  if (data === undefined) return [start, coded];
  const length = Math.min(0xffff, data.length + 2);
  return [start, Uint8Array.of(length >> 8, length & 255), data, coded];
}
