/**
 * The splittable generator behind everything random in netfold: initial weights, data order,
 * augmentation, dropout. A key is a pair of 32-bit words; `split` derives independent keys from
 * labels, so that no draw depends on how many others were made before it, and a run can resume
 * anywhere.
 *
 * The block function is Threefry-2x32 with 20 rounds (Salmon et al., Parallel random numbers: as
 * easy as 1, 2, 3, SC 2011).
 */

import { expectAll, type Wanted, WHOLE } from "../problem/expect.ts";

/** A generator's key: two unsigned 32-bit words. */
export type Key = readonly [number, number];

const PARITY = 0x1bd11bda;

/** Turns a word to the left. */
function turned(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

/** Encrypts the counter `(c0, c1)` under a key: one block of 64 random bits. */
export function threefry(key: Key, c0: number, c1: number): Key {
  // Signed words, and no list of rotations or keys: it is called for every pixel and every weight.
  const k0 = key[0] | 0;
  const k1 = key[1] | 0;
  const k2 = PARITY ^ k0 ^ k1;
  let x0 = (c0 + k0) | 0;
  let x1 = (c1 + k1) | 0;
  for (let round = 0; round < 5; round++) {
    const isEven = (round & 1) === 0;
    x0 = (x0 + x1) | 0;
    x1 = (isEven ? turned(x1, 13) : turned(x1, 17)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = (isEven ? turned(x1, 15) : turned(x1, 29)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = (isEven ? turned(x1, 26) : turned(x1, 16)) ^ x0;
    x0 = (x0 + x1) | 0;
    x1 = (isEven ? turned(x1, 6) : turned(x1, 24)) ^ x0;
    const place = round % 3;
    x0 = (x0 + (place === 0 ? k1 : place === 1 ? k2 : k0)) | 0;
    x1 = (x1 + (place === 0 ? k2 : place === 1 ? k0 : k1) + round + 1) | 0;
  }
  return [x0 >>> 0, x1 >>> 0];
}

/** The key of a seed: a non-negative integer below 2^53. */
export function seedKey(seed: number): Key {
  return threefry([0, 0], seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0);
}

/** A key of its own for each label (a name or an index), independent of its siblings. */
export function split(key: Key, label: string | number): Key {
  if (typeof label === "number") {
    return threefry(key, label >>> 0, 0x80000000 | (Math.floor(label / 2 ** 32) & 0x1fffff));
  }
  let hash = threefry(key, label.length, 0x40000000);
  for (let i = 0; i < label.length; i++) {
    hash = threefry(hash, label.charCodeAt(i), i);
  }
  return hash;
}

/** A key, of a value that came from anywhere. */
export const KEY: Wanted = {
  fits: (value) => Array.isArray(value) && value.length === 2 && value.every(WHOLE.fits),
  wanted: "a key: two whole numbers below 2^32",
};

/** Room for a number of draws. */
function room(key: Key, count: number): Float32Array {
  expectAll({ key: [key, KEY], count: [count, WHOLE] });
  return new Float32Array(count);
}

/** `count` numbers drawn uniformly from [0, 1), with 24 bits each. */
export function uniforms(key: Key, count: number): Float32Array {
  const out = room(key, count);
  for (let i = 0; i < count; i += 2) {
    const [a, b] = threefry(key, i >>> 1, 0);
    out[i] = (a >>> 8) / 2 ** 24;
    if (i + 1 < count) out[i + 1] = (b >>> 8) / 2 ** 24;
  }
  return out;
}

/** `count` draws from the standard normal distribution (Box and Muller's transform). */
export function normals(key: Key, count: number): Float32Array {
  const out = room(key, count);
  for (let i = 0; i < count; i += 2) {
    const [a, b] = threefry(key, i >>> 1, 1);
    const radius = Math.sqrt(-2 * Math.log((a + 1) / 2 ** 32));
    const angle = 2 * Math.PI * (b / 2 ** 32);
    out[i] = radius * Math.cos(angle);
    if (i + 1 < count) out[i + 1] = radius * Math.sin(angle);
  }
  return out;
}

/** An integer drawn uniformly from `0 .. bound - 1`. */
export function integer(key: Key, bound: number): number {
  const [a, b] = threefry(key, 0, 2);
  return Math.floor((a * 2 ** 21 + (b >>> 11)) / 2 ** 53 * bound);
}

/** The numbers `0 .. count - 1` in a random order (Fisher and Yates' shuffle). */
export function permutation(key: Key, count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const [a, b] = threefry(key, i, 3);
    const j = Math.floor((a * 2 ** 21 + (b >>> 11)) / 2 ** 53 * (i + 1));
    const held = order[i] as number;
    order[i] = order[j] as number;
    order[j] = held;
  }
  return order;
}
