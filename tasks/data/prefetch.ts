/**
 * Prepares values ahead of their use: while the consumer waits for its engine,
 * the next ones are made on the same thread. A batch of CIFAR-10 costs less
 * than a millisecond, too little to be worth a worker and the copies to it.
 */
import { COUNT, expectAll, type Wanted } from "../../dsl/problem/expect.ts";

const ITERABLE: Wanted = {
  fits: (value) => typeof Object(value)[Symbol.iterator] === "function",
  wanted: "what can be gone through, such as batches",
};

/**
 * Goes through `source`, keeping up to `depth` values ready. One value at a
 * time is made whenever the consumer awaits something; the order stays. Values
 * that are not taken after all are dropped when the consumer leaves its loop.
 *
 * @throws {ProblemError} When `depth` is not a whole number of at least 1.
 *
 * @example
 * ```ts
 * import { prefetch } from "@netfold/netfold/data";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await Array.fromAsync(prefetch([1, 2, 3])), [1, 2, 3]);
 * ```
 */
export function prefetch<T>(source: Iterable<T>, depth = 2): AsyncIterableIterator<T> {
  expectAll({ source: [source, ITERABLE], depth: [depth, COUNT] });
  const iterator = source[Symbol.iterator]();
  const ready: (() => IteratorResult<T>)[] = [];
  let ended = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Makes one value; an error is kept and thrown in the value's turn. */
  const make = (): void => {
    try {
      const result = iterator.next();
      ended = result.done === true;
      ready.push(() => result);
    } catch (error) {
      ended = true;
      ready.push(() => {
        throw error;
      });
    }
  };
  const schedule = (): void => {
    if (timer !== undefined || ended || ready.length >= depth) return;
    timer = setTimeout(() => {
      timer = undefined;
      make();
      schedule();
    }, 0);
  };

  return {
    next(): Promise<IteratorResult<T>> {
      if (ready.length === 0 && !ended) make();
      const take = ready.shift();
      schedule();
      return new Promise((resolve) => resolve(take?.() ?? { done: true, value: undefined }));
    },
    return(): Promise<IteratorResult<T>> {
      ended = true;
      ready.length = 0;
      clearTimeout(timer);
      timer = undefined;
      iterator.return?.();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator](): AsyncIterableIterator<T> {
      return this;
    },
  };
}
