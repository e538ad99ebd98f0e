/** The values of one run, and which of them the run has to dispose of. */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { ValueId } from "../../graph/graph.ts";
import { identity } from "./kernels.ts";

/** Tensors by value; owned ones are disposed of, borrowed ones are not. */
export class Values {
  readonly #tensors = new Map<ValueId, Tensor>();
  readonly #owned = new Set<ValueId>();

  /** The tensor of a value that has been defined. */
  get(value: ValueId): Tensor {
    const tensor = this.#tensors.get(value);
    if (tensor === undefined) {
      throw new Error(`Value ${value} is read before it is defined`);
    }
    return tensor;
  }

  /** Defines a value whose tensor belongs to somebody else. */
  borrow(value: ValueId, tensor: Tensor): void {
    this.#tensors.set(value, tensor);
  }

  /** Defines a value whose tensor belongs to the run. */
  own(value: ValueId, tensor: Tensor): void {
    this.#tensors.set(value, tensor);
    this.#owned.add(value);
  }

  /** Hands a value's tensor to the caller: the tensor itself, or another handle on a borrowed one. */
  take(value: ValueId): Tensor {
    const tensor = this.get(value);
    return this.#owned.delete(value) ? tensor : identity(tensor);
  }

  /** Gives up a value. */
  drop(value: ValueId): void {
    if (this.#owned.delete(value)) this.#tensors.get(value)?.dispose();
    this.#tensors.delete(value);
  }

  /** Gives up every value. */
  clear(): void {
    for (const value of [...this.#owned]) this.drop(value);
    this.#tensors.clear();
  }
}
