import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as E from "fp-ts/Either.js";
import { pipe } from "fp-ts/function.js";
import type { Problem } from "../../dsl/problem/problem.ts";
import { attempt, orThrow, ProblemError } from "../../dsl/problem/throw.ts";
import { type Either, fail, left, type Result, right } from "../../dsl/problem/result.ts";

const PROBLEM: Problem = {
  path: "stage1.conv1",
  layer: "conv",
  code: "window-too-large",
  rule: "the kernel is larger than its map",
  got: "5x5 on 4x4",
  wanted: "at most 4x4",
  hint: "use a smaller kernel",
};

Deno.test("Either works with fp-ts as it is", () => {
  const half = (n: number): Either<string, number> =>
    n % 2 === 0 ? right(n / 2) : left(`${n} is odd`);
  assertEquals(pipe(half(12), E.chain(half), E.map((n) => n + 1)), right(4));
  assertEquals(pipe(half(6), E.chain(half), E.getOrElse(() => -1)), -1);
  const back: Either<string, number> = E.right(3);
  assertEquals(back, right(3));
});

Deno.test("orThrow() gives the value, or throws the problems as text", () => {
  assertEquals(orThrow(right(7)), 7);
  const failure: Result<number> = fail(PROBLEM);
  const error = assertThrows(() => orThrow(failure), ProblemError, "stage1.conv1 (conv)");
  assertEquals((error as ProblemError).problems, [PROBLEM]);
});

Deno.test("attempt() turns thrown problems back into a result and lets other errors pass", async () => {
  assertEquals(await attempt(() => Promise.resolve(1)), right(1));
  assertEquals(await attempt(() => Promise.resolve(orThrow<number>(fail(PROBLEM)))), fail(PROBLEM));
  await assertRejects(() => attempt(() => Promise.reject(new RangeError("no"))), RangeError, "no");
});
