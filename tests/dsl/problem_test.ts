/** Problems as text. */
import { assertEquals } from "@std/assert";
import { renderProblems } from "../../mod.ts";

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
