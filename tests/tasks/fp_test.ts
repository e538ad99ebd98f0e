import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import type { Problem } from "../../dsl/problem/problem.ts";
import { fail, type Result, right } from "../../dsl/problem/result.ts";
import { all, allAsync, allOf, tried } from "../../tasks/fp.ts";

const problem = (path: string): Problem => ({
  path,
  layer: "option",
  code: "invalid-option",
  rule: "it must hold",
  got: "nothing",
  wanted: "something",
  hint: "",
});
const results = fc.array(fc.oneof(
  fc.integer().map((value): Result<number> => right(value)),
  fc.array(fc.string().map(problem), { minLength: 1, maxLength: 3 })
    .map((problems): Result<number> => fail(...problems)),
));

Deno.test("all: every value under its name and with its type, or every problem in order", async () => {
  const both: Result<{ a: number; b: string }> = all({ a: right(1), b: right("x") });
  assertEquals(both, right({ a: 1, b: "x" }));
  const bad = { a: fail(problem("a")), b: right("x"), c: fail(problem("c1"), problem("c2")) };
  const expected = fail(problem("a"), problem("c1"), problem("c2"));
  assertEquals(all(bad), expected);
  const waiting = { a: () => Promise.resolve(bad.a), c: () => Promise.resolve(bad.c) };
  assertEquals(await allAsync(waiting)(), expected);
});

Deno.test("allOf: fails exactly when one fails, and loses nothing", () => {
  fc.assert(fc.property(results, (results) => {
    const problems = results.flatMap((each) => each._tag === "Left" ? each.left : []);
    const values = results.flatMap((each) => each._tag === "Right" ? [each.right] : []);
    assertEquals(allOf(results), problems.length > 0 ? fail(...problems) : right(values));
  }));
});

Deno.test("tried: what is thrown, now or later, is a problem", async () => {
  const thrown = (error: unknown) => problem(String(error));
  assertEquals(await tried(() => 3, thrown)(), right(3));
  assertEquals(await tried(() => Promise.reject("late"), thrown)(), fail(problem("late")));
  assertEquals(
    await tried((): number => {
      throw "now";
    }, thrown)(),
    fail(problem("now")),
  );
});
