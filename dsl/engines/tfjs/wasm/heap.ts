/**
 * TensorFlow.js's wasm memory, for kernels of our own: where a tensor lies,
 * room for a new one, room for the time of a call. The part of the backend
 * that this uses is written down here; nothing else touches it.
 */
import { backend, engine, type Tensor, type TensorInfo } from "@tensorflow/tfjs-core";
import type { OpName, TensorShape } from "../../../graph/op.ts";
import { ProblemError } from "../../../problem/throw.ts";
import type { Expansion } from "../expansion.ts";
import { sizeOf } from "../kernels.ts";
import { type Kernels, loadKernels } from "./kernels.ts";

/** What is used of the library's `BackendWasm` 4.22 and its Emscripten module. */
interface WasmBackend {
  readonly wasm: {
    readonly asm: { readonly memory: WebAssembly.Memory };
    /** The memory as floats; replaced when the memory grows. */
    readonly HEAPF32: Float32Array;
    /** An address, negative above 2 GiB; 0 where there is no room. */
    readonly _malloc: (bytes: number) => number;
    readonly _free: (address: number) => void;
  };
  readonly dataIdMap: { readonly get: (id: Tensor["dataId"]) => { readonly memoryOffset: number } };
  readonly makeOutput: (shape: number[], dtype: "float32") => TensorInfo;
}

/** The bytes of a number. */
export const FLOAT = 4;

/** An address in the wasm memory, in bytes. */
export type Address = number;

/** The wasm memory and the kernels over it. */
export interface Heap {
  readonly kernels: Kernels;
  /** Where the numbers of a tensor are. */
  readonly address: (tensor: Tensor) => Address;
  /** A tensor whose numbers are yet to be written. */
  readonly make: (shape: TensorShape) => Tensor;
  /** The floats from an address on, to read and write before anything else is made. */
  readonly floats: (address: Address, count: number) => Float32Array;
  /** Room for so many floats, all zero, while `use` runs. */
  readonly borrow: (floats: number, use: (room: Address) => void) => void;
}

function outOfMemory(floats: number): ProblemError {
  return new ProblemError([{
    path: "wasm",
    layer: "backend",
    code: "out-of-memory",
    rule: "the work must fit the backend's memory",
    got: `no room for another ${floats.toLocaleString("en-US")} numbers`,
    wanted: "tensors of at most 4 GiB in all",
    hint: "use a smaller batch",
  }]);
}

function heapOf({ wasm, dataIdMap, makeOutput }: WasmBackend, kernels: Kernels): Heap {
  const floats = (address: Address, count: number): Float32Array =>
    wasm.HEAPF32.subarray(address >>> 2, (address >>> 2) + count);
  const address = (tensor: Tensor): Address => dataIdMap.get(tensor.dataId).memoryOffset;
  return {
    kernels,
    address,
    floats,
    make: (shape) => {
      const info = makeOutput([...shape], "float32");
      const tensor = engine().makeTensorFromTensorInfo(info);
      if (address(tensor) === 0) throw outOfMemory(sizeOf(shape));
      return tensor;
    },
    borrow: (count, use) => {
      const room = wasm._malloc(count * FLOAT) >>> 0;
      if (room === 0) throw outOfMemory(count);
      try {
        floats(room, count).fill(0);
        use(room);
      } finally {
        wasm._free(room);
      }
    },
  };
}

/** An expansion by our own kernels; undefined where the case is not theirs. */
export type Ours<K extends OpName> = (
  heap: Heap,
  ...args: Parameters<Expansion<K>>
) => Tensor | readonly Tensor[] | undefined;

const heaps = new WeakMap<WasmBackend, Heap | "none">();

/** The memory of the wasm backend, which must be the one in use; undefined where it has no vectors. */
export function wasmHeap(): Heap | undefined {
  // The library types its backends by what they have in common.
  const current = backend() as unknown as WasmBackend;
  const known = heaps.get(current);
  if (known !== undefined) return known === "none" ? undefined : known;
  const kernels = loadKernels(current.wasm.asm.memory);
  const made = kernels === undefined ? undefined : heapOf(
    {
      wasm: current.wasm,
      dataIdMap: current.dataIdMap,
      makeOutput: (shape, dtype) => current.makeOutput(shape, dtype),
    },
    kernels,
  );
  heaps.set(current, made ?? "none");
  return made;
}
