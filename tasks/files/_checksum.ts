/**
 * The checksum of a safetensors file: a SHA-256 over every byte of the file,
 * with the checksum's own 64 digits read as zeros. It stands in the metadata,
 * so other tools ignore it; a second entry beside it marks the file as one
 * that must have it, so that damage to the checksum's name is found as well.
 */
import type { Fault } from "../../dsl/plan/fault.ts";
import { sha256 } from "./sha256.ts";

/** The metadata entry that holds the checksum. */
export const CHECKSUM = "netfold.sha256";

/** The metadata entry that marks a file as having a checksum. */
export const MARK = "netfold.format";

/** What the marking entry says. */
export const FORMAT = "1";

/** The digits in the checksum's place while it is computed. */
export const BLANK = "0".repeat(64);

const FIELD = /"netfold\.sha256"\s*:\s*"([0-9a-f]{64})"/g;

/** The checksum of a file whose digits stand at the byte `at`. */
export function checksumOf(bytes: Uint8Array, at: number): string {
  return sha256()
    .update(bytes.subarray(0, at))
    .update(BLANK)
    .update(bytes.subarray(at + BLANK.length))
    .digest("hex");
}

/** The byte at which the checksum's digits start, when the header, `length` bytes from byte 8, has exactly one. */
export function checksumAt(bytes: Uint8Array, length: number): number | undefined {
  const header = new TextDecoder("latin1").decode(bytes.subarray(8, 8 + length));
  const [first, second] = header.matchAll(FIELD);
  return first === undefined || second !== undefined
    ? undefined
    : 8 + first.index + first[0].length - 1 - BLANK.length;
}

/** What is wrong with a file's checksum: nothing when it fits, or when another tool wrote the file. */
export function checksumFault(
  bytes: Uint8Array,
  length: number,
  metadata: ReadonlyMap<string, string>,
): Fault | undefined {
  if (!metadata.has(CHECKSUM) && !metadata.has(MARK)) return undefined;
  const stored = metadata.get(CHECKSUM);
  const at = checksumAt(bytes, length);
  const found = at === undefined ? undefined : checksumOf(bytes, at);
  if (stored !== undefined && stored === found) return undefined;
  return {
    code: "wrong-checksum",
    rule: "the content must match its checksum",
    got: found === undefined ? "no readable checksum" : `SHA-256 ${found}`,
    wanted: stored === undefined ? `a checksum under "${CHECKSUM}"` : `SHA-256 ${stored}`,
    hint: "the file was damaged or changed after it was written; use another checkpoint or a copy",
  };
}
