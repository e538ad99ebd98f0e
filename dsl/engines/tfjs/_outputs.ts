/** The outputs of a run, read from the device when asked, at most once. */
import type { Tensor } from "@tensorflow/tfjs-core";

/** An output that waits to be read. */
export class LazyOutput {
  #tensor: Tensor | undefined;
  #numbers: Promise<Float32Array> | undefined;

  /** Takes over the tensor. */
  constructor(
    readonly name: string,
    tensor: Tensor,
    readonly check: () => void,
  ) {
    this.#tensor = tensor;
  }

  /** Reads the numbers, then frees the tensor. */
  read(): Promise<Float32Array> {
    this.#numbers ??= this.#fetch();
    return this.#numbers;
  }

  async #fetch(): Promise<Float32Array> {
    const tensor = this.#tensor;
    if (tensor === undefined) {
      throw new Error(
        `Output ${
          JSON.stringify(this.name)
        } is gone: read it before the program runs again or is disposed of`,
      );
    }
    this.#tensor = undefined;
    try {
      const numbers = await tensor.data<"float32">();
      this.check();
      return numbers.slice();
    } finally {
      tensor.dispose();
    }
  }

  /** Frees the tensor unless it is being read. */
  abandon(): void {
    this.#tensor?.dispose();
    this.#tensor = undefined;
  }
}
