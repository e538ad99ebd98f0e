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
import { isShared, type KernelModule, type Kernels, loadKernels } from "./kernels.ts";
import { type Pieces, Pool } from "./pool.ts";

/** What is used of the library's `BackendWasm` 4.22 and its Emscripten module. */
interface WasmBackend {
  readonly wasm: {
    /** The memory, which the library's build with threads of its own keeps to itself. */
    readonly asm: { readonly memory?: WebAssembly.Memory };
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

/** Work in pieces, each with room of its own. */
export interface Shared extends Pieces {
  /** Floats of room, all zero at first; a piece may find there what another one left. */
  readonly room?: number;
}

/** The wasm memory and the kernels over it. */
export interface Heap {
  readonly kernels: Kernels;
  /** How many threads work. */
  readonly threads: () => number;
  /** Does work on all threads; none of its pieces may read or write what another one writes. */
  readonly share: (work: Shared) => void;
  /** Where the numbers of a tensor are. */
  readonly address: (tensor: Tensor) => Address;
  /** A tensor whose numbers are yet to be written. */
  readonly make: (shape: TensorShape) => Tensor;
  /** The floats from an address on, to read and write before anything else is made. */
  readonly floats: (address: Address, count: number) => Float32Array;
  /** Room for a number of floats, all zero, while `use` runs. */
  readonly borrow: <A>(floats: number, use: (room: Address) => A) => A;
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

/** Rooms begin at multiples of this number of floats, lest threads write to one line of the cache. */
const LINE = 16;

function heapOf(
  { wasm, dataIdMap, makeOutput }: WasmBackend,
  { kernels }: KernelModule,
  pool: Pool | undefined,
): Heap {
  const floats = (address: Address, count: number): Float32Array =>
    wasm.HEAPF32.subarray(address >>> 2, (address >>> 2) + count);
  const address = (tensor: Tensor): Address => dataIdMap.get(tensor.dataId).memoryOffset;
  const borrow = <A>(count: number, use: (room: Address) => A): A => {
    if (count === 0) return use(0);
    const room = wasm._malloc(count * FLOAT) >>> 0;
    if (room === 0) throw outOfMemory(count);
    try {
      kernels.fill(room, 0, count);
      return use(room);
    } finally {
      wasm._free(room);
    }
  };
  const threads = (): number => pool?.employed ?? 1;
  return {
    kernels,
    threads,
    address,
    floats,
    borrow,
    make: (shape) => {
      const info = makeOutput([...shape], "float32");
      const tensor = engine().makeTensorFromTensorInfo(info);
      if (address(tensor) === 0) throw outOfMemory(sizeOf(shape));
      return tensor;
    },
    share: ({ count, each, room = 0 }) => {
      if (pool === undefined || pool.employed === 1 || count === 1) {
        borrow(room, (address) => {
          for (let i = 0; i < count; i++) each(i, kernels, address);
        });
        return;
      }
      const size = Math.ceil(room / LINE) * LINE;
      borrow(pool.size * size, (address) => {
        pool.run({ count, each }, { address, bytes: size * FLOAT });
      });
    },
  };
}

/** An expansion by our own kernels; undefined where the case is not theirs. */
export type Ours<K extends OpName> = (
  heap: Heap,
  ...args: Parameters<Expansion<K>>
) => Tensor | readonly Tensor[] | undefined;

interface Known {
  /** Undefined where the backend has no vectors, or keeps its memory to itself. */
  readonly heap: Heap | undefined;
  /** Undefined where threads do not share its memory. */
  readonly pool: Pool | undefined;
}

const known = new WeakMap<WasmBackend, Known>();

function knownOf(current: WasmBackend): Known {
  const found = known.get(current);
  if (found !== undefined) return found;
  const { memory } = current.wasm.asm;
  const mine = memory === undefined ? undefined : loadKernels(memory);
  const pool = mine !== undefined && isShared(mine.memory) ? new Pool(mine) : undefined;
  const heap = mine === undefined ? undefined : heapOf(
    {
      wasm: current.wasm,
      dataIdMap: current.dataIdMap,
      makeOutput: (shape, dtype) => current.makeOutput(shape, dtype),
    },
    mine,
    pool,
  );
  const made = { heap, pool };
  known.set(current, made);
  return made;
}

/** The library types its backends by what they have in common. */
const currentBackend = (): WasmBackend => backend() as unknown as WasmBackend;

/** The memory of the wasm backend, which must be the one in use; undefined where none can be ours. */
export function wasmHeap(): Heap | undefined {
  return knownOf(currentBackend()).heap;
}

/** The threads of the wasm backend, which must be the one in use; undefined where there can be but one. */
export function wasmPool(): Pool | undefined {
  return knownOf(currentBackend()).pool;
}
