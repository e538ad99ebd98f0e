/**
 * The floats of any safetensors file as float32, for weights that other tools wrote: float16,
 * bfloat16 and float64 are converted, whole numbers and truth values left out and named.
 */
import type { HostTensor, Tensors } from "../../dsl/graph/tensors.ts";
import { E, pipe, type Result } from "../fp.ts";
import type { Dtype, Entry } from "./_safetensors_header.ts";
import { checkedHeader } from "./safetensors.ts";

/** The floats of a file. */
export interface Floats {
  /** In the order of their data. */
  readonly tensors: Tensors;
  /** The names of tensors that are no floats. */
  readonly leftOut: readonly string[];
  /** Whether the tensors of each type are sorted by name, as the format's own library does: their order then says nothing. */
  readonly isSorted: boolean;
}

/** Numbers as float32, from bytes of their own. */
const FLOATS: Readonly<Partial<Record<Dtype, (bytes: ArrayBuffer) => Float32Array>>> = {
  F32: (bytes) => new Float32Array(bytes),
  F64: (bytes) => Float32Array.from(new Float64Array(bytes)),
  F16: (bytes) => Float32Array.from(new Float16Array(bytes)),
  // The upper half of a float32.
  BF16: (bytes) =>
    new Float32Array(Uint32Array.from(new Uint16Array(bytes), (half) => half << 16).buffer),
};

const OTHERS: readonly Dtype[] = ["I64", "I32", "I16", "I8", "U64", "U32", "U16", "U8", "BOOL"];

/** Reads the bytes of a safetensors file; `path` is for the problems. */
export function decodeFloats(bytes: Uint8Array, path: string): Result<Floats> {
  return pipe(
    checkedHeader(bytes, path, ["F32", "F16", "BF16", "F64", ...OTHERS]),
    E.map(({ length, entries }) => {
      const tensors = entries.flatMap(({ name, dtype, shape, start, end }) => {
        const convert = FLOATS[dtype];
        if (convert === undefined) return [];
        const copy = new Uint8Array(bytes.subarray(8 + length + start, 8 + length + end));
        return [[name, { shape, data: convert(copy.buffer) }] as const];
      });
      return {
        tensors: new Map<string, HostTensor>(tensors),
        leftOut: entries.filter(({ dtype }) => FLOATS[dtype] === undefined).map(({ name }) => name),
        isSorted: [...Map.groupBy(entries, ({ dtype }) => dtype).values()].every(areSorted),
      };
    }),
  );
}

function areSorted(entries: readonly Entry[]): boolean {
  return entries.every(({ name }, i) => i === 0 || (entries[i - 1]?.name ?? "") < name);
}
