/** Changes to ZIP files, as `torch.save` writes them: an entry's content, its checksums put right. */
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { type Bytes, changedBytes } from "./bytes.ts";
import type { Dice } from "./dice.ts";

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;

interface Header {
  readonly at: number;
  readonly kind: typeof LOCAL | typeof CENTRAL;
}

/** A ZIP file of stored entries whose content has one change that leaves it as long as it is. */
export function changedZip(bytes: Bytes, dice: Dice): Bytes {
  const copy = bytes.slice();
  const view = Buffer.from(copy.buffer);
  const locals = headersOf(view, LOCAL);
  if (locals.length === 0) return changedBytes(bytes, dice);
  const { at } = dice.pick(locals);
  if (at + 30 > copy.length) return changedBytes(bytes, dice);
  const start = at + 30 + view.readUInt16LE(at + 26) + view.readUInt16LE(at + 28);
  const length = view.readUInt32LE(at + 18);
  if (start + length > copy.length || length === 0) return changedBytes(bytes, dice);
  const before = crc32(view.subarray(start, start + length));
  const changed = changedBytes(copy.slice(start, start + length), dice);
  copy.set(changed.subarray(0, length), start);
  const after = crc32(view.subarray(start, start + length));
  if (view.readUInt32LE(at + 14) === before) view.writeUInt32LE(after, at + 14);
  for (const central of headersOf(view, CENTRAL)) {
    const place = central.at + 16;
    if (place + 4 <= copy.length && view.readUInt32LE(place) === before) {
      view.writeUInt32LE(after, place);
    }
  }
  return copy;
}

function headersOf(view: Buffer, kind: Header["kind"]): readonly Header[] {
  const headers: Header[] = [];
  for (let at = 0; at + 46 <= view.length; at++) {
    if (view.readUInt32LE(at) === kind) headers.push({ at, kind });
  }
  return headers;
}
