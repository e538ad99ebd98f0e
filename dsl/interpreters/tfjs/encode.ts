/**
 * The files of a graph model: `model.json`, and weights in shards of 4 MB, as
 * TensorFlow's converter writes them. Kernels may be halved to float16, which
 * TensorFlow.js makes float32 again when it loads them.
 */
import type { Options } from "../../programs/meaning.ts";
import {
  type Attribute,
  type ElementType,
  kernelsOf,
  shapeOf,
  type TfConstant,
  type TfModel,
  type TfPort,
  type,
} from "./model.ts";

/** Bytes of a shard, but for the last. */
const SHARD = 4 * 1024 * 1024;

const TYPES = { float32: "DT_FLOAT", int32: "DT_INT32" } as const;

/** What a model says of itself. */
export interface Described {
  readonly generatedBy: string;
  readonly metadata: Options;
}

/** The files by name. */
export function encode(
  model: TfModel,
  { generatedBy, metadata }: Described,
  half: boolean,
): ReadonlyMap<string, Uint8Array<ArrayBuffer>> {
  const constants = [...model.constants];
  const halved = half ? kernelsOf(model) : new Set<string>();
  const stored = constants.map(([name, constant]) => bytesOf(constant, halved.has(name)));
  const shards = inShards(stored);
  const names = shards.map((_, i) => `group1-shard${i + 1}of${shards.length}.bin`);
  const json = {
    format: "graph-model",
    generatedBy,
    convertedBy: generatedBy,
    signature: { inputs: signatureOf(model.inputs), outputs: signatureOf(model.outputs) },
    userDefinedMetadata: metadata,
    modelTopology: { node: nodesOf(model), library: {}, versions: { producer: 1882 } },
    weightsManifest: [{
      paths: names,
      weights: constants.map(([name, constant]) => ({
        name,
        shape: constant.shape,
        dtype: constant.type,
        ...halved.has(name) ? { quantization: { dtype: "float16" } } : {},
      })),
    }],
  };
  return new Map([
    ["model.json", new TextEncoder().encode(JSON.stringify(json))],
    ...shards.map((bytes, i) => [names[i] ?? "", bytes] as const),
  ]);
}

function signatureOf(ports: readonly TfPort[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(ports.map(({ name, shape }) => [
    name,
    { name: `${name}:0`, dtype: TYPES.float32, tensorShape: shapeOf(shape) },
  ]));
}

interface JsonNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr: Readonly<Record<string, Attribute>>;
}

function nodesOf({ inputs, constants, nodes }: TfModel): readonly JsonNode[] {
  const float = type(TYPES.float32);
  return [
    ...inputs.map(({ name, shape }) => {
      return { name, op: "Placeholder", attr: { dtype: float, shape: { shape: shapeOf(shape) } } };
    }),
    ...[...constants].map(([name, { type: element, shape }]) => {
      const dtype: ElementType = TYPES[element];
      const value = { tensor: { dtype, tensorShape: shapeOf(shape) } };
      return { name, op: "Const", attr: { dtype: type(dtype), value } };
    }),
    ...nodes.map(({ name, op, inputs, attributes }) => {
      return { name, op, input: inputs, attr: { T: float, ...attributes } };
    }),
  ];
}

/** Numbers as they are stored, little-endian as every machine that netfold runs on. */
function bytesOf(constant: TfConstant, half: boolean): Uint8Array {
  const { data } = constant;
  const numbers = half ? Float16Array.from(data) : data;
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** Bytes one behind the other, cut into shards. */
function inShards(parts: readonly Uint8Array[]): readonly Uint8Array<ArrayBuffer>[] {
  let left = parts.reduce((sum, { length }) => sum + length, 0);
  const shards: Uint8Array<ArrayBuffer>[] = [];
  let free = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length;) {
      if (free === 0) {
        free = Math.min(SHARD, left);
        shards.push(new Uint8Array(free));
      }
      const shard = shards.at(-1) ?? new Uint8Array();
      const some = part.subarray(at, at + free);
      shard.set(some, shard.length - free);
      at += some.length;
      free -= some.length;
      left -= some.length;
    }
  }
  return shards;
}
