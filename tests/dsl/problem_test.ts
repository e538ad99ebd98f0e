/** Problems as text. */
import { assert, assertEquals } from "@std/assert";
import { type Problem, renderProblems } from "../../mod.ts";

const PROBLEM = {
  path: "stage1.conv1",
  layer: "conv",
  code: "groups-do-not-divide",
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

Deno.test("what is as long as a file is shown in part, and thousands of problems by their number", () => {
  const long = { ...PROBLEM, path: "p".repeat(1e5), got: "g".repeat(1e5) };
  const text = renderProblems([long]);
  assert(text.length < 5000, `${text.length}`);
  const many = renderProblems(Array<Problem>(3000).fill(PROBLEM));
  assertEquals(many.split("\n").filter((line) => line.startsWith(PROBLEM.path)).length, 50);
  assert(many.endsWith("\nand 2950 more problems"));
});
