/**
 * The header of a safetensors file, from bytes to checked entries. Nothing in
 * it is believed: lengths and offsets are compared with the file before any
 * byte is touched or any memory asked for.
 */
import type { Fault } from "../../dsl/plan/fault.ts";
import { type Either, left, right } from "../../dsl/problem/result.ts";
import { isJsonObject, type Json, showJson } from "./json.ts";

/** A header that is JSON of the right form. */
export interface Header {
  /** Its length in bytes, from byte 8 on. */
  readonly length: number;
  /** The metadata: text by name. */
  readonly metadata: ReadonlyMap<string, string>;
  /** The tensors' descriptions, not yet looked at. */
  readonly tensors: ReadonlyMap<string, Json>;
}

const LARGEST = 100_000_000;
const NOT_ONE = "check that this is a safetensors file, and that it is whole";

/** Reads the header, or says what is wrong with it. */
export function readHeader(bytes: Uint8Array): Either<Fault, Header> {
  const length = headerLength(bytes);
  if (typeof length !== "number") return left(length);
  const json = headerJson(bytes.subarray(8, 8 + length));
  if (json._tag === "Left") return json;
  if (!isJsonObject(json.right)) {
    return left({
      code: "broken-file",
      rule: "the header must be a JSON object",
      got: showJson(json.right),
      wanted: "an object of tensors",
      hint: NOT_ONE,
    });
  }
  const { __metadata__: metadata, ...tensors } = json.right;
  const texts = metadataOf(metadata);
  return texts._tag === "Left"
    ? texts
    : right({ length, metadata: texts.right, tensors: new Map(Object.entries(tensors)) });
}

function headerLength(bytes: Uint8Array): number | Fault {
  if (bytes.length < 8) {
    return {
      code: "broken-file",
      rule: "the file must start with the length of its header",
      got: `${bytes.length} bytes`,
      wanted: "at least 8 bytes",
      hint: NOT_ONE,
    };
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const length = view.getBigUint64(0, true);
  if (length > LARGEST) {
    return {
      code: "broken-file",
      rule: "the header must have a sensible length",
      got: `a header of ${length} bytes`,
      wanted: `at most ${LARGEST} bytes`,
      hint: NOT_ONE,
    };
  }
  if (length > bytes.length - 8) {
    return {
      code: "broken-file",
      rule: "the file must hold its whole header",
      got: `a header of ${length} bytes in a file of ${bytes.length}`,
      wanted: `at most ${bytes.length - 8} bytes`,
      hint: NOT_ONE,
    };
  }
  return Number(length);
}

function headerJson(bytes: Uint8Array): Either<Fault, Json> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const json: Json = JSON.parse(text);
    return right(json);
  } catch (error) {
    return left({
      code: "broken-file",
      rule: "the header must be JSON",
      got: error instanceof SyntaxError ? error.message : "bytes beyond UTF-8",
      wanted: "UTF-8 JSON",
      hint: NOT_ONE,
    });
  }
}

function metadataOf(metadata: Json | undefined): Either<Fault, ReadonlyMap<string, string>> {
  const entries = isJsonObject(metadata) ? Object.entries(metadata) : [];
  const texts = entries.flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value] as const] : []
  );
  if (metadata !== undefined && (!isJsonObject(metadata) || texts.length !== entries.length)) {
    return left({
      code: "broken-file",
      rule: "the metadata must be text by name",
      got: showJson(metadata),
      wanted: "an object whose values are all text",
      hint: NOT_ONE,
    });
  }
  return right(new Map(texts));
}
