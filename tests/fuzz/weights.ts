/** Changes to files of safetensors: their header, and the checksum put right again. */
import { createHash } from "node:crypto";
import { concat } from "@std/bytes";
import type { Json } from "../../tasks/files/json.ts";
import { isJsonObject } from "../../tasks/files/json.ts";
import { type Bytes, changedBytes, numberBytes, textBytes } from "./bytes.ts";
import type { Dice } from "./dice.ts";
import { changedJson, changedJsonText } from "./json.ts";

const BLANK = "0".repeat(64);

/** A file of weights with one change to its header or its numbers. */
export function changedWeights(bytes: Bytes, dice: Dice): Bytes {
  const header = headerOf(bytes);
  if (header === undefined) return changedBytes(bytes, dice);
  const { text, rest } = header;
  const changed = dice.chance(0.3)
    ? fileOf(text, changedBytes(rest, dice))
    : fileOf(changedHeader(text, dice), rest);
  return dice.chance(0.9) ? sealed(changed) : changed;
}

function changedHeader(text: string, dice: Dice): string {
  const header: Json = JSON.parse(text);
  const metadata = isJsonObject(header) ? header["__metadata__"] : undefined;
  if (!isJsonObject(header) || !isJsonObject(metadata) || dice.chance(0.5)) {
    return changedJsonText(text, dice);
  }
  // What stands in the metadata as text of JSON of its own.
  const name = dice.pick(Object.keys(metadata));
  const own = `${metadata[name] ?? ""}`;
  const value = name.startsWith("netfold.") && own.startsWith("{")
    ? changedJsonText(own, dice)
    : changedJson(own, dice);
  return JSON.stringify({ ...header, __metadata__: { ...metadata, [name]: value } });
}

function headerOf(bytes: Bytes): { readonly text: string; readonly rest: Bytes } | undefined {
  if (bytes.length < 8) return undefined;
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > bytes.length - 8) return undefined;
  const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return { text, rest: bytes.slice(8 + length) };
}

function fileOf(header: string, rest: Bytes): Bytes {
  const text = textBytes(header);
  return concat([Uint8Array.from(numberBytes(BigInt(text.length), 8, true)), text, rest]);
}

/** The file with its checksum, where its header has a place for one. */
function sealed(bytes: Bytes): Bytes {
  const text = new TextDecoder("latin1").decode(bytes);
  const found = /"netfold\.sha256"\s*:\s*"([0-9a-f]{64})"/.exec(text);
  if (found === null) return bytes;
  const at = found.index + found[0].length - 1 - BLANK.length;
  const blank = bytes.slice();
  blank.set(textBytes(BLANK), at);
  const digits = createHash("sha256").update(blank).digest("hex");
  blank.set(textBytes(digits), at);
  return blank;
}
