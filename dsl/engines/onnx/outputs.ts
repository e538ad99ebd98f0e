/** The outputs of a run, until the program runs again. */
import { quoted } from "../fit.ts";

/** An output that waits to be read. */
export class Output {
  #numbers: Float32Array | undefined;
  #read: Promise<Float32Array> | undefined;

  /** Takes the array that the run writes, and the promise of the run. */
  constructor(
    readonly name: string,
    numbers: Float32Array,
    readonly written: Promise<void>,
  ) {
    this.#numbers = numbers;
  }

  /** Whether it holds an array that nobody has asked for. */
  get waiting(): boolean {
    return this.#numbers !== undefined;
  }

  /** Its numbers, when the run has written them. */
  read(): Promise<Float32Array> {
    this.#read ??= this.#fetch();
    return this.#read;
  }

  async #fetch(): Promise<Float32Array> {
    const numbers = this.#numbers;
    this.#numbers = undefined;
    if (numbers === undefined) {
      throw new Error(
        `Output ${
          quoted(this.name)
        } is gone: read it before the program runs again or is disposed of`,
      );
    }
    await this.written;
    return numbers;
  }

  /** Forgets the array unless it is being read. */
  abandon(): void {
    this.#numbers = undefined;
  }
}
