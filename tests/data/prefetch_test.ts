import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ProblemError } from "../../dsl/problem/throw.ts";
import { prefetch } from "../../tasks/data/mod.ts";

/** Counts up and notes what it has made. */
function* counted(made: number[], count: number): Generator<number> {
  try {
    for (let i = 0; i < count; i++) {
      made.push(i);
      yield i;
    }
  } finally {
    made.push(-1);
  }
}

/** As many turns of the event loop as there are values at most, each of which may make one. */
async function pause(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("prefetch() gives every value in order", async () => {
  for (const depth of [1, 2, 7]) {
    assertEquals(
      await Array.fromAsync(prefetch(counted([], 5), depth)),
      [0, 1, 2, 3, 4],
    );
  }
  assertEquals(await Array.fromAsync(prefetch([])), []);
});

Deno.test("prefetch() prepares up to its depth while its consumer waits", async () => {
  const made: number[] = [];
  const ahead = prefetch(counted(made, 10), 3);
  assertEquals(made, []);
  assertEquals((await ahead.next()).value, 0);
  await pause();
  assertEquals(made, [0, 1, 2, 3]);
  assertEquals((await ahead.next()).value, 1);
  await pause();
  assertEquals(made, [0, 1, 2, 3, 4]);
  await ahead.return?.();
});

Deno.test("prefetch() stops its source when the consumer leaves", async () => {
  const made: number[] = [];
  for await (const value of prefetch(counted(made, 10))) {
    if (value === 1) break;
  }
  await pause();
  assertEquals(made.at(-1), -1);
});

Deno.test("prefetch() throws the source's error in its turn", async () => {
  const source = function* () {
    yield 1;
    throw new Error("disk on fire");
  };
  const ahead = prefetch(source(), 4);
  assertEquals((await ahead.next()).value, 1);
  await pause();
  await assertRejects(() => ahead.next(), Error, "disk on fire");
  assertEquals((await ahead.next()).done, true);
});

Deno.test("prefetch() refuses a depth that is none", () => {
  assertThrows(() => prefetch([], 0), ProblemError, "depth");
});
