/**
 * Tensors of the ONNX engine. Their numbers are plain arrays in memory, kernels
 * in ONNX's order of axes. The arrays that one run writes are used again by a
 * later one, when every tensor in them has been given back.
 */
import type { TensorShape } from "../../graph/op.ts";
import { sizeOf } from "../../shape.ts";
import type { Held } from "../state.ts";
import { type Order, ordered, stateOrder } from "./emitter.ts";

/** An array with room for one tensor or a pack of them. */
export class Block {
  #users = 0;

  /**
   * @param numbers The array.
   * @param ready Settles when its numbers are there; rejects when the run that should write them failed.
   * @param onFree Takes the array back.
   */
  constructor(
    readonly numbers: Float32Array,
    readonly ready: Promise<void>,
    readonly onFree: (numbers: Float32Array) => void,
  ) {}

  /** The tensor of this shape whose numbers begin at `offset`. */
  tensor(shape: TensorShape, offset: number): BlockTensor {
    this.#users += 1;
    return new BlockTensor(shape, this, offset, () => {
      this.#users -= 1;
      if (this.#users === 0) this.onFree(this.numbers);
    });
  }
}

/** A tensor in a block. */
export class BlockTensor implements Held {
  /** Takes a part of a block. */
  constructor(
    readonly shape: TensorShape,
    readonly block: Block,
    readonly offset: number,
    readonly dispose: () => void,
  ) {}

  /** Its numbers in ONNX's order of axes; they are there when the block is ready. */
  get numbers(): Float32Array {
    return this.block.numbers.subarray(this.offset, this.offset + sizeOf(this.shape));
  }
}

/** Arrays that can be written again, by length. */
export class Pool {
  readonly #free = new Map<number, Float32Array[]>();

  /** An array of this length, with any numbers in it. */
  take(length: number): Float32Array {
    return this.#free.get(length)?.pop() ?? new Float32Array(length);
  }

  /** Takes an array back. */
  give(numbers: Float32Array): void {
    const free = this.#free.get(numbers.length);
    if (free === undefined) this.#free.set(numbers.length, [numbers]);
    else free.push(numbers);
  }

  /** Forgets every array. */
  clear(): void {
    this.#free.clear();
  }
}

/** Numbers of the state in ONNX's order of axes; a copy. */
export function toOnnx(shape: TensorShape, data: Float32Array): Float32Array {
  return stateOrder(shape) === "plain" ? data.slice() : permuted(data, shape, [3, 2, 0, 1]);
}

/** Numbers of the state in netfold's order of axes; a copy. */
export function toNetfold(shape: TensorShape, data: Float32Array): Float32Array {
  const order: Order = stateOrder(shape);
  return order === "plain" ? data.slice() : permuted(data, ordered(shape, order), [2, 3, 1, 0]);
}

/** The numbers with axis `i` of the result being axis `axes[i]` of the source. */
function permuted(
  data: Float32Array,
  shape: TensorShape,
  axes: readonly [number, number, number, number],
): Float32Array {
  const strides = shape.map((_, i) => sizeOf(shape.slice(i + 1)));
  const [a, b, c, d] = axes.map((axis) => ({
    size: shape[axis] ?? 1,
    stride: strides[axis] ?? 1,
  })) as [Axis, Axis, Axis, Axis];
  const result = new Float32Array(data.length);
  let at = 0;
  for (let i = 0; i < a.size; i++) {
    for (let j = 0; j < b.size; j++) {
      for (let k = 0; k < c.size; k++) {
        const start = i * a.stride + j * b.stride + k * c.stride;
        for (let l = 0; l < d.size; l++) result[at++] = data[start + l * d.stride] ?? 0;
      }
    }
  }
  return result;
}

interface Axis {
  readonly size: number;
  readonly stride: number;
}
