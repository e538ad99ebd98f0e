/**
 * The tensors of a safetensors header: each description is checked by itself,
 * then all of them together must cover the data exactly, without overlaps,
 * holes or bytes left over.
 */
import type { Fault } from "../../dsl/plan/fault.ts";
import { type Either, left, right } from "../../dsl/problem/result.ts";
import { sizeOf } from "../../dsl/net/shape.ts";
import { isJsonObject, type Json, showJson } from "./json.ts";

/** The bytes of a number of each type that can be left out, and of the one that is handled. */
const BYTES = { F32: 4, I64: 8 } as const;

/** A type of which tensors can be left out: that of PyTorch's counters. */
export type PassedType = Exclude<keyof typeof BYTES, "F32">;

/** Where a tensor lies within the data, in bytes. */
export interface Entry {
  /** The tensor's name. */
  readonly name: string;
  /** The type of its numbers. */
  readonly dtype: keyof typeof BYTES;
  /** Its shape. */
  readonly shape: readonly number[];
  /** Its first byte. */
  readonly start: number;
  /** The byte behind its last. */
  readonly end: number;
}

const DAMAGED = "the file is damaged; use another checkpoint or a copy";

/** The entries in the order of their data, or every kind of fault among them. */
export function readEntries(
  tensors: ReadonlyMap<string, Json>,
  dataLength: number,
  leaveOut: readonly PassedType[],
): Either<readonly Fault[], readonly Entry[]> {
  const read = [...tensors].map(([name, json]) => readEntry(name, json, leaveOut));
  const faults = read.flatMap((one) => one._tag === "Left" ? [one.left] : []);
  if (faults.length > 0) return left(oneOfEachRule(faults));
  const entries = read
    .flatMap((one) => one._tag === "Right" ? [one.right] : [])
    .sort((a, b) => a.start - b.start || a.end - b.end);
  const fault = coverageFault(entries, dataLength);
  return fault === undefined ? right(entries) : left([fault]);
}

function readEntry(
  name: string,
  json: Json,
  leaveOut: readonly PassedType[],
): Either<Fault, Entry> {
  const title = JSON.stringify(name);
  const { dtype: type, shape, data_offsets: offsets } = isJsonObject(json) ? json : {};
  const [start, end] = isCounts(offsets) ? offsets : [];
  if (
    typeof type !== "string" || !isCounts(shape) || start === undefined ||
    end === undefined || start > end
  ) {
    return left({
      code: "broken-file",
      rule: "every tensor must have a dtype, a shape and two data offsets",
      got: `${title}: ${showJson(json)}`,
      wanted: `{"dtype":"F32","shape":[...],"data_offsets":[start,end]}`,
      hint: DAMAGED,
    });
  }
  const dtype = (["F32", ...leaveOut] as const).find((known) => known === type);
  if (dtype === undefined) {
    return left({
      code: "tensor-dtype",
      rule: "every tensor must be float32",
      got: `${title} has dtype ${showJson(type)}`,
      wanted: `"F32"`,
      hint: "convert the file to float32 with the tool that wrote it",
    });
  }
  const size = sizeOf(shape) * BYTES[dtype];
  if (size !== end - start) {
    return left({
      code: "tensor-size",
      rule: `every tensor must have ${dtype === "F32" ? "four" : "eight"} bytes for each element`,
      got: `${title}: ${end - start} bytes for the shape [${shape.join(", ")}]`,
      wanted: `${size} bytes`,
      hint: DAMAGED,
    });
  }
  return right({ name, dtype, shape, start, end });
}

function isCounts(value: Json | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}

function coverageFault(entries: readonly Entry[], dataLength: number): Fault | undefined {
  let reached = 0;
  for (const { name, start, end } of entries) {
    if (start < reached) {
      return {
        code: "broken-file",
        rule: "tensors must not overlap",
        got: `${JSON.stringify(name)} starts at byte ${start}`,
        wanted: `byte ${reached}, where the tensor before it ends`,
        hint: DAMAGED,
      };
    }
    if (start > reached) {
      return {
        code: "broken-file",
        rule: "tensors must follow each other without holes",
        got: `${JSON.stringify(name)} starts at byte ${start}`,
        wanted: `byte ${reached}, where the tensor before it ends`,
        hint: DAMAGED,
      };
    }
    reached = end;
  }
  if (reached > dataLength) {
    return {
      code: "broken-file",
      rule: "the file must hold all the data its header speaks of",
      got: `${dataLength} bytes of data`,
      wanted: `${reached} bytes`,
      hint: "the file was cut short; use another checkpoint or a copy",
    };
  }
  return reached === dataLength ? undefined : {
    code: "broken-file",
    rule: "the file must end with its last tensor",
    got: `${dataLength - reached} bytes more`,
    wanted: `${reached} bytes of data`,
    hint: DAMAGED,
  };
}

/** The first fault of each rule, which also says how many more there are. */
function oneOfEachRule(faults: readonly Fault[]): readonly Fault[] {
  return [...Map.groupBy(faults, ({ rule }) => rule).values()].flatMap(([first, ...more]) => {
    if (first === undefined) return [];
    const rest = more.length === 0 ? "" : `, and ${more.length} more tensors`;
    return [{ ...first, got: first.got + rest }];
  });
}
