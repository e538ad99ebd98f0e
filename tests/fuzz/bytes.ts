/** Changes to bytes of any format: what a broken disk, a cut transfer or an attacker does. */
import { concat } from "@std/bytes";
import type { Dice } from "./dice.ts";

/** Bytes of a file. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Numbers at which readers go wrong, as the bits of integers. */
const NUMBERS = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

type Change = (bytes: Bytes, dice: Dice) => Bytes;

const CHANGES: readonly Change[] = [
  // One bit is turned.
  (bytes, dice) => {
    const at = dice.below(bytes.length);
    return replaced(bytes, at, [(bytes[at] ?? 0) ^ (1 << dice.below(8))]);
  },
  // One byte is another.
  (bytes, dice) => replaced(bytes, dice.below(bytes.length), [dice.below(256)]),
  // A number of one, two, four or eight bytes is an odd one.
  (bytes, dice) => {
    const number = BigInt(dice.pick(NUMBERS));
    const ordered = numberBytes(number, dice.pick([1, 2, 4, 8]), dice.chance(0.5));
    return replaced(bytes, dice.below(bytes.length), ordered);
  },
  // The file ends early.
  (bytes, dice) => bytes.slice(0, dice.below(bytes.length + 1)),
  // A piece is missing.
  (bytes, dice) => {
    const [from, to] = range(bytes, dice);
    return concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  // A piece stands there twice.
  (bytes, dice) => {
    const [from, to] = range(bytes, dice);
    return concat([bytes.subarray(0, to), bytes.subarray(from)]);
  },
  // Something stands in between, or at the end.
  (bytes, dice) => {
    const at = dice.chance(0.3) ? bytes.length : dice.below(bytes.length + 1);
    const more = Uint8Array.from({ length: 1 + dice.below(64) }, () => dice.below(256));
    return concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
  },
  // A piece is all zeros.
  (bytes, dice) => {
    const [from, to] = range(bytes, dice);
    return bytes.slice().fill(0, from, to);
  },
];

/** The bytes with one change. */
export function changedBytes(bytes: Bytes, dice: Dice): Bytes {
  return dice.pick(CHANGES)(bytes, dice);
}

function replaced(bytes: Bytes, at: number, by: readonly number[]): Bytes {
  const copy = bytes.slice();
  by.forEach((byte, i) => {
    if (at + i < copy.length) copy[at + i] = byte;
  });
  return copy;
}

function range(bytes: Bytes, dice: Dice): readonly [from: number, to: number] {
  const from = dice.below(bytes.length + 1);
  return [from, Math.min(bytes.length, from + dice.below(dice.pick([4, 64, bytes.length + 1])))];
}

/** A number's bytes, the least first or last. */
export function numberBytes(number: bigint, size: number, leastFirst: boolean): readonly number[] {
  const bytes = Array.from(
    { length: size },
    (_, i) => Number((number >> BigInt(8 * i)) & 0xffn),
  );
  return leastFirst ? bytes : bytes.reverse();
}

/** Text as bytes. */
export function textBytes(text: string): Bytes {
  return new TextEncoder().encode(text);
}
