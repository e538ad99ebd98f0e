/**
 * State on the device. Its tensors are counted: a run that leaves a tensor as
 * it was shares it between the old state and the new one, and the last state
 * to be freed disposes of it.
 */
import { show } from "../problem/show.ts";
import { expected, FUNCTION, misfit } from "../problem/expect.ts";
import type { DeviceState } from "./engine.ts";

/** What an engine keeps of a tensor on its device. */
export interface Held {
  /** The shape in netfold's order of axes. */
  readonly shape: readonly number[];
  /** Gives its memory back. */
  dispose(): void;
}

/** A tensor with several owners. */
export class Shared<T extends Held> {
  #owners = 1;
  readonly #onEnd = new Set<() => void>();

  /** Takes over a tensor; the caller is its first owner. */
  constructor(readonly tensor: T) {}

  /** Adds an owner. */
  share(): this {
    this.#owners += 1;
    return this;
  }

  /** Removes an owner; with the last one the tensor goes. */
  release(): void {
    this.#owners -= 1;
    if (this.#owners > 0) return;
    this.tensor.dispose();
    for (const listener of [...this.#onEnd]) listener();
    this.#onEnd.clear();
  }

  /** Calls `listener` when the tensor goes; the result stops that. */
  onEnd(listener: () => void): () => void {
    this.#onEnd.add(listener);
    return () => this.#onEnd.delete(listener);
  }
}

/** The tensors of a state by name. */
export type StateTensors<T extends Held> = ReadonlyMap<string, Shared<T>>;

/** Something made of tensors of a state, kept while they live and until others take their place. */
export class Kept<T extends Held, V> {
  #kept:
    | { readonly value: V; readonly source: readonly Shared<T>[]; readonly stop: () => void }
    | undefined;

  /** `drop` gives back what was made. */
  constructor(readonly drop: (value: V) => void) {
    expected(drop, FUNCTION, "drop");
  }

  /** What is kept, if anything. */
  get value(): V | undefined {
    return this.#kept?.value;
  }

  /** What was made of these very tensors, made now if it was not. */
  of(source: readonly Shared<T>[], make: () => V): V {
    const kept = this.#kept;
    if (kept !== undefined && source.every((shared, i) => shared === kept.source[i])) {
      return kept.value;
    }
    this.forget();
    const value = make();
    const stops = source.map((shared) => shared.onEnd(() => this.forget()));
    this.#kept = { value, source, stop: () => stops.forEach((stop) => stop()) };
    return value;
  }

  /** Gives back what is kept. */
  forget(): void {
    const kept = this.#kept;
    this.#kept = undefined;
    kept?.stop();
    if (kept !== undefined) this.drop(kept.value);
  }
}

/** Knows the tensors behind each of an engine's states. */
export class StateStore<T extends Held> {
  readonly #live = new WeakMap<DeviceState, StateTensors<T>>();
  readonly #freed = new WeakSet<DeviceState>();
  readonly #all = new Set<StateTensors<T>>();

  /** A state that owns one share of each tensor. */
  create(tensors: StateTensors<T>): DeviceState {
    const state: DeviceState = { names: [...tensors.keys()] };
    this.#live.set(state, tensors);
    this.#all.add(tensors);
    return state;
  }

  /**
   * The tensors of a state.
   *
   * @throws {ProblemError} On a state that was freed or belongs to another engine.
   */
  tensors(state: DeviceState): StateTensors<T> {
    const tensors = this.#live.get(state);
    if (tensors !== undefined) return tensors;
    throw misfit(
      `Cannot use a device state ${
        this.#freed.has(state) ? "that was freed" : "of another engine"
      }`,
      show(state),
      "a state that this engine holds",
    );
  }

  /** Frees a state. */
  free(state: DeviceState): void {
    const tensors = this.tensors(state);
    this.#live.delete(state);
    this.#freed.add(state);
    this.#release(tensors);
  }

  /** The tensors that live, each counted once. */
  count(): number {
    const live = new Set<Shared<T>>();
    for (const tensors of this.#all) for (const shared of tensors.values()) live.add(shared);
    return live.size;
  }

  /** Frees every state. */
  clear(): void {
    for (const tensors of [...this.#all]) this.#release(tensors);
  }

  #release(tensors: StateTensors<T>): void {
    if (!this.#all.delete(tensors)) return;
    for (const shared of tensors.values()) shared.release();
  }
}
