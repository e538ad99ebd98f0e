/**
 * The header of a safetensors file, from bytes to checked entries. Nothing in it is believed:
 * lengths and offsets are compared with the file before any byte is touched or any memory asked
 * for. Each tensor's description is checked by itself, then all of them together must cover the
 * data exactly, without overlaps, holes or bytes left over.
 */
import * as v from "valibot";
import { sizeOf } from "../../dsl/net/shape.ts";
import type { Fault } from "../../dsl/plan/fault.ts";
import { E, type Either, type Left, left, pipe, RA, right } from "../fp.ts";
import { isJsonObject, type Json, parseJson, showJson } from "./json.ts";

export interface Header {
  /** Its length in bytes, from byte 8 on. */
  readonly length: number;
  readonly metadata: ReadonlyMap<string, string>;
  /** The tensors in the order of their data. */
  readonly entries: readonly Entry[];
}

/** Where a tensor lies within the data, in bytes: from `start` to before `end`. */
export interface Entry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** The bytes of a number of each type. */
const BYTES = {
  ...{ F64: 8, F32: 4, F16: 2, BF16: 2 },
  ...{ I64: 8, I32: 4, I16: 2, I8: 1, U64: 8, U32: 4, U16: 2, U8: 1, BOOL: 1 },
} as const;

/** A type of a tensor's numbers. */
export type Dtype = keyof typeof BYTES;

const WORDS: Readonly<Record<number, string>> = {
  ...{ 1: "one byte", 2: "two bytes", 4: "four bytes", 8: "eight bytes" },
};
const LARGEST = 100_000_000;
const NOT_ONE = "check that this is a safetensors file, and that it is whole";
const DAMAGED = "the file is damaged; use another checkpoint or a copy";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const tensorSchema = v.object({
  dtype: v.string(),
  shape: v.array(count),
  data_offsets: v.pipe(v.tuple([count, count]), v.check(([start, end]) => start <= end)),
});

const textsSchema = v.array(v.tuple([v.string(), v.string()]));

/** The length of the header, which begins at byte 8. */
function headerLength(bytes: Uint8Array): Either<Fault, number> {
  if (bytes.length < 8) {
    const rule = "the file must start with the length of its header";
    return broken(rule, `${bytes.length} bytes`, "at least 8 bytes", NOT_ONE);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  const most = Math.min(LARGEST, bytes.length - 8);
  if (length <= most) return right(Number(length));
  const rule = length > LARGEST
    ? "the header must have a sensible length"
    : "the file must hold its whole header";
  const got = `a header of ${length} bytes in a file of ${bytes.length}`;
  return broken(rule, got, `at most ${most} bytes`, NOT_ONE);
}

/** Reads the header of a file of tensors of these types, or says what is wrong: one fault of each kind. */
export function readHeader(
  bytes: Uint8Array,
  dtypes: readonly Dtype[],
): Either<readonly Fault[], Header> {
  return pipe(
    headerLength(bytes),
    E.flatMap((length) => partsOf(bytes, length)),
    E.mapLeft((fault): readonly Fault[] => [fault]),
    E.flatMap(({ length, metadata, tensors }) => {
      const read = tensors.map(([name, json]) => readEntry(name, json, dtypes));
      const { left: faults, right: entries } = RA.separate(read);
      if (faults.length > 0) return left(oneOfEachRule(faults));
      const sorted = entries.toSorted((a, b) => a.start - b.start || a.end - b.end);
      const fault = coverageFault(sorted, bytes.length - 8 - length);
      return fault === undefined ? right({ length, metadata, entries: sorted }) : left([fault]);
    }),
  );
}

interface Parts {
  readonly length: number;
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: readonly (readonly [string, Json])[];
}

function partsOf(bytes: Uint8Array, length: number): Either<Fault, Parts> {
  let json: Json;
  try {
    json = parseJson(
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length)),
    );
  } catch (error) {
    const got = error instanceof SyntaxError ? error.message : "bytes beyond UTF-8";
    return broken("the header must be JSON", got, "UTF-8 JSON", NOT_ONE);
  }
  if (!isJsonObject(json)) {
    const rule = "the header must be a JSON object";
    return broken(rule, showJson(json), "an object of tensors", NOT_ONE);
  }
  const { __metadata__: metadata = {}, ...tensors } = json;
  const texts = isJsonObject(metadata) ? Object.entries(metadata) : undefined;
  if (!v.is(textsSchema, texts)) {
    const wanted = "an object whose values are all text";
    return broken("the metadata must be text by name", showJson(metadata), wanted, NOT_ONE);
  }
  return right({ length, metadata: new Map(texts), tensors: Object.entries(tensors) });
}

function readEntry(
  name: string,
  json: Json,
  dtypes: readonly Dtype[],
): Either<Fault, Entry> {
  const title = JSON.stringify(name);
  if (!v.is(tensorSchema, json)) {
    const rule = "every tensor must have a dtype, a shape and two data offsets";
    const wanted = `{"dtype":"F32","shape":[...],"data_offsets":[start,end]}`;
    return broken(rule, `${title}: ${showJson(json)}`, wanted);
  }
  const { shape, data_offsets: [start, end] } = json;
  const dtype = dtypes.find((known) => known === json.dtype);
  if (dtype === undefined) {
    return left({
      code: "tensor-dtype",
      rule: "every tensor must be of a known type",
      got: `${title} has dtype ${showJson(json.dtype)}`,
      wanted: dtypes.join(" or "),
      hint: "convert the file to float32 with the tool that wrote it",
    });
  }
  const size = sizeOf(shape) * BYTES[dtype];
  return size === end - start ? right({ name, dtype, shape, start, end }) : left({
    code: "tensor-size",
    rule: `every tensor must have ${WORDS[BYTES[dtype]]} for each element`,
    got: `${title}: ${end - start} bytes for the shape [${shape.join(", ")}]`,
    wanted: `${size} bytes`,
    hint: DAMAGED,
  });
}

function coverageFault(entries: readonly Entry[], dataLength: number): Fault | undefined {
  let reached = 0;
  for (const { name, start, end } of entries) {
    if (start !== reached) {
      const rule = start < reached
        ? "tensors must not overlap"
        : "tensors must follow each other without holes";
      const got = `${JSON.stringify(name)} starts at byte ${start}`;
      return broken(rule, got, `byte ${reached}, where the tensor before it ends`).left;
    }
    reached = end;
  }
  if (reached > dataLength) {
    const rule = "the file must hold all the data its header speaks of";
    const hint = "the file was cut short; use another checkpoint or a copy";
    return broken(rule, `${dataLength} bytes of data`, `${reached} bytes`, hint).left;
  }
  if (reached === dataLength) return undefined;
  const got = `${dataLength - reached} bytes more`;
  return broken("the file must end with its last tensor", got, `${reached} bytes of data`).left;
}

/** The first fault of each rule, which also says how many more there are. */
function oneOfEachRule(faults: readonly Fault[]): readonly Fault[] {
  return [...Map.groupBy(faults, ({ rule }) => rule).values()].flatMap(([first, ...more]) => {
    if (first === undefined) return [];
    const rest = more.length === 0 ? "" : `, and ${more.length} more tensors`;
    return [{ ...first, got: first.got + rest }];
  });
}

function broken(rule: string, got: string, wanted: string, hint: string = DAMAGED): Left<Fault> {
  return left({ code: "broken-file", rule, got, wanted, hint });
}
