/**
 * Tensors of the ONNX engine. Their numbers are plain arrays in memory, kernels
 * in ONNX's order of axes. The arrays that one run writes are used again by a
 * later one, when every tensor in them has been given back.
 */
import type { TensorShape } from "../../graph/op.ts";
import { sizeOf } from "../../net/shape.ts";
import type { Held } from "../state.ts";

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
