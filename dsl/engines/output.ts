/** The outputs of a run: each is read when asked, at most once, until the program runs again. */
import { quoted } from "./fit.ts";

/** How an output's numbers come from what the engine holds of it. */
export interface Reading<T> {
  /** Reads the numbers, and gives back what was held. */
  readonly read: (held: T) => Promise<Float32Array>;
  /** Gives back what was held and not read. */
  readonly drop: (held: T) => void;
}

/** An output that waits to be read. */
class Output<T> {
  #held: { readonly value: T } | undefined;
  #numbers: Promise<Float32Array> | undefined;

  constructor(readonly name: string, value: T, readonly reading: Reading<T>) {
    this.#held = { value };
  }

  /** Whether nobody has asked for it. */
  get waiting(): boolean {
    return this.#held !== undefined;
  }

  read(): Promise<Float32Array> {
    this.#numbers ??= this.#fetch();
    return this.#numbers;
  }

  async #fetch(): Promise<Float32Array> {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) return await this.reading.read(held.value);
    throw new Error(
      `Output ${
        quoted(this.name)
      } is gone: read it before the program runs again or is disposed of`,
    );
  }

  abandon(): void {
    if (this.#held !== undefined) this.reading.drop(this.#held.value);
    this.#held = undefined;
  }
}

/** The outputs of a program's last run. */
export class Outputs<T> {
  #unread: readonly Output<T>[] = [];

  /** The outputs of a new run by name, from what the engine holds of each; those of the last are gone. */
  replace(
    held: ReadonlyMap<string, T>,
    reading: Reading<T>,
  ): Readonly<Record<string, () => Promise<Float32Array>>> {
    this.abandon();
    this.#unread = [...held].map(([name, value]) => new Output(name, value, reading));
    return Object.fromEntries(this.#unread.map((output) => [output.name, () => output.read()]));
  }

  /** The number of those that nobody has asked for. */
  get waiting(): number {
    return this.#unread.filter(({ waiting }) => waiting).length;
  }

  /** Gives back those that nobody has asked for; a read that has begun is finished. */
  abandon(): void {
    for (const output of this.#unread) output.abandon();
    this.#unread = [];
  }
}
