/**
 * Weight files in the safetensors format of Hugging Face: 8 bytes with the header's length, a JSON
 * header, the tensors' raw little-endian bytes (https://huggingface.co/docs/safetensors, "Format").
 * Of its types F32 and F16 are handled. Files written here carry a checksum
 * over every byte; files of other tools, which have none, are read as well.
 */
import type { HostTensor, Tensors } from "../../dsl/graph/tensors.ts";
import { E, type Either, left, pipe, type Result, right } from "../fp.ts";
import type { Fault } from "../../dsl/plan/fault.ts";
import { sizeOf } from "../../dsl/net/shape.ts";
import {
  BLANK,
  CHECKSUM,
  checksumAt,
  checksumFault,
  checksumOf,
  FORMAT,
  MARK,
} from "./_checksum.ts";
import { type Dtype, type Header, readHeader } from "./_safetensors_header.ts";

export interface SafetensorsFile {
  readonly tensors: Tensors;
  /** The metadata, without the checksum. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** How tensors are stored. */
export interface EncodeOptions {
  /** Whether tensors of two and more axes, the kernels, are stored as float16; all are float32 by default. */
  readonly half?: boolean;
}

/**
 * The bytes of a safetensors file. Tensors are sorted by name, those of float32 first, so the same
 * content always gives the same bytes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";
 *
 * const tensors = new Map([["bias", { shape: [2], data: new Float32Array([1, 2]) }]]);
 * const bytes = encodeSafetensors(tensors, { epoch: "3" });
 * assertEquals(decodeSafetensors(bytes, "a.safetensors"), {
 *   _tag: "Right",
 *   right: { tensors, metadata: { epoch: "3" } },
 * });
 * ```
 *
 * @throws {TypeError} When a tensor's numbers do not fill its shape, or a name is reserved.
 */
export function encodeSafetensors(
  tensors: Tensors,
  metadata: Readonly<Record<string, string>>,
  { half = false }: EncodeOptions = {},
): Uint8Array<ArrayBuffer> {
  const stored = [...tensors].sort(byName).map(([name, { shape, data }]): Stored => {
    checkFilled(name, shape, data);
    const isHalf = half && shape.length >= 2;
    return { name, shape, data: isHalf ? Float16Array.from(data) : data };
  });
  const sorted = stored.toSorted((a, b) => bytesEach(b) - bytesEach(a));
  const header = new TextEncoder().encode(headerText(sorted, metadata));
  const length = Math.ceil(header.length / 8) * 8;
  const dataLength = sorted.reduce((sum, { data }) => sum + data.byteLength, 0);
  const bytes = new Uint8Array(8 + length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.fill(0x20, 8, 8 + length);
  bytes.set(header, 8);
  let at = 8 + length;
  for (const { data } of sorted) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return sealed(bytes, length);
}

/** How a file is read. */
export interface DecodeOptions {
  /** Whether its checksum was compared before, by someone who can: a page cannot. */
  readonly isChecked?: boolean;
}

/**
 * Reads the bytes of a safetensors file; `path` is for the problems. The
 * tensors are copies. Whatever the bytes, memory stays within twice their size.
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  path: string,
  options: DecodeOptions = {},
): Result<SafetensorsFile> {
  return pipe(
    checkedHeader(bytes, path, DTYPES, options),
    E.map(({ length, metadata, entries }): SafetensorsFile => {
      const tensors = new Map(entries.map(({ name, dtype, shape, start, end }) => {
        const { buffer } = new Uint8Array(bytes.subarray(8 + length + start, 8 + length + end));
        const data = dtype === "F16"
          ? Float32Array.from(new Float16Array(buffer))
          : new Float32Array(buffer);
        return [name, { shape, data }];
      }));
      const own = [...metadata].filter(([key]) => key !== CHECKSUM && key !== MARK);
      return { tensors, metadata: Object.fromEntries(own) };
    }),
  );
}

/** The types of the tensors of netfold's own files. */
const DTYPES: readonly Dtype[] = ["F32", "F16"];

/** The header of a file of tensors of these types, when the file is whole. */
export function checkedHeader(
  bytes: Uint8Array,
  path: string,
  dtypes: readonly Dtype[] = DTYPES,
  { isChecked = false }: DecodeOptions = {},
): Result<Header> {
  return pipe(
    readHeader(bytes, dtypes),
    E.flatMap((header): Either<readonly Fault[], Header> => {
      const fault = isChecked ? undefined : checksumFault(bytes, header.length, header.metadata);
      return fault === undefined ? right(header) : left([fault]);
    }),
    E.mapLeft((faults) => faults.map((fault) => ({ path, layer: "checkpoint", ...fault }))),
  );
}

/** A tensor as it is stored. */
interface Stored {
  readonly name: string;
  readonly shape: HostTensor["shape"];
  readonly data: Float32Array | Float16Array;
}

function bytesEach({ data }: Stored): number {
  return data.BYTES_PER_ELEMENT;
}

function checkFilled(name: string, shape: HostTensor["shape"], data: Float32Array): void {
  if (name === "__metadata__") {
    throw new TypeError(`Cannot name a tensor "__metadata__"`);
  }
  if (sizeOf(shape) !== data.length) {
    throw new TypeError(
      `Cannot store "${name}": ${data.length} numbers do not fill the shape [${shape.join(", ")}]`,
    );
  }
}

function headerText(
  tensors: readonly Stored[],
  metadata: Readonly<Record<string, string>>,
): string {
  let at = 0;
  const entries = tensors.map(({ name, shape, data }) => {
    const start = at;
    at += data.byteLength;
    const dtype = data instanceof Float32Array ? "F32" : "F16";
    return [name, { dtype, shape, data_offsets: [start, at] }] as const;
  });
  const reserved = Object.keys(metadata).find((key) => key === CHECKSUM || key === MARK);
  if (reserved !== undefined) {
    throw new TypeError(`Cannot store metadata under the name "${reserved}"`);
  }
  const texts = [...Object.entries(metadata), [MARK, FORMAT] as const, [CHECKSUM, BLANK] as const]
    .sort(byName);
  return JSON.stringify(
    Object.fromEntries([["__metadata__", Object.fromEntries(texts)], ...entries]),
  );
}

function sealed(bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  const at = checksumAt(bytes, length);
  if (at === undefined) {
    throw new TypeError("Cannot place the checksum: the header has no field for it");
  }
  bytes.set(new TextEncoder().encode(checksumOf(bytes, at)), at);
  return bytes;
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
