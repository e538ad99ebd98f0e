/**
 * Cyclic redundancy checks of 32 bits, by a table of what each byte does to the checksum: zlib's and
 * PNG's (RFC 1952, section 8), and Castagnoli's (RFC 3720, appendix B.4).
 */

function tableOf(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? rest >>> 1 ^ polynomial : rest >>> 1;
    return rest;
  });
}

function checksum(table: Uint32Array, bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = rest >>> 8 ^ (table[(rest ^ byte) & 0xff] ?? 0);
  return ~rest >>> 0;
}

// The polynomials' bits are reversed.
const ZLIB = /* @__PURE__ */ tableOf(0xedb88320);
const CASTAGNOLI = /* @__PURE__ */ tableOf(0x82f63b78);

/**
 * The CRC-32 of bytes.
 *
 * @example The value by which the algorithm is known
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { crc32 } from "./crc32.ts";
 *
 * assertEquals(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
 * ```
 */
export function crc32(bytes: Uint8Array): number {
  return checksum(ZLIB, bytes);
}

/**
 * The CRC-32C of bytes.
 *
 * @example The value by which the algorithm is known
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { crc32c } from "./crc32.ts";
 *
 * assertEquals(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
 * ```
 */
export function crc32c(bytes: Uint8Array): number {
  return checksum(CASTAGNOLI, bytes);
}
