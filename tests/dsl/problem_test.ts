/** Problems as text, and the way from results to exceptions and back. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { orThrow, ProblemError, renderProblems } from "../../mod.ts";
import { attempt } from "../../dsl/problem.ts";
import { fail, right } from "../../dsl/result.ts";

const PROBLEM = {
  path: "stage1.conv1",
  layer: "conv",
  rule: "the groups must divide the input channels",
  got: "30 input channels in 4 groups",
  wanted: "a multiple of 4 channels",
  hint: "use 32 channels",
};

const TEXT = `stage1.conv1 (conv): the groups must divide the input channels
  got     30 input channels in 4 groups
  wanted  a multiple of 4 channels
  hint    use 32 channels`;

Deno.test("renderProblems() gives a block for each problem, with its place, values and advice", () => {
  assertEquals(renderProblems([PROBLEM]), TEXT);
  const bare = { ...PROBLEM, path: "", layer: "input", hint: "" };
  assertEquals(
    renderProblems([PROBLEM, bare]),
    `${TEXT}
network (input): the groups must divide the input channels
  got     30 input channels in 4 groups
  wanted  a multiple of 4 channels`,
  );
  assertEquals(renderProblems([]), "");
});

Deno.test("orThrow() gives the value or throws the problems", () => {
  assertEquals(orThrow(right(7)), 7);
  const error = assertThrows(() => orThrow(fail(PROBLEM)), ProblemError, "stage1.conv1 (conv)");
  assertEquals(error.problems, [PROBLEM]);
  assertEquals(error.message, TEXT);
});

Deno.test("attempt() gives back what orThrow() stopped at, and nothing else", async () => {
  assertEquals(await attempt(() => Promise.resolve(7)), right(7));
  const stopped = await attempt(() => Promise.resolve(orThrow(fail(PROBLEM))));
  assertEquals(stopped, fail(PROBLEM));
  await assertRejects(
    () => attempt(() => Promise.reject(new TypeError("else"))),
    TypeError,
    "else",
  );
});
