/** What is wrong with the arguments of a layer's or a block's function names the function. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { fork, type Net, plan, type Problem, ProblemError } from "../../mod.ts";
import * as netfold from "../../mod.ts";
import * as layers from "../../layers/mod.ts";
import { onlyProblem } from "../_problems.ts";

/** What a function says of arguments; nothing where it takes them. */
function said(call: () => unknown): readonly Problem[] {
  try {
    call();
    return [];
  } catch (error) {
    if (error instanceof ProblemError) return error.problems;
    throw error;
  }
}

const { bam, cbam, convnextBlock, coordinateAttention, denseBlock, eca } = netfold;
const { invertedResidual, separable, squeezeExcite } = netfold;
const BLOCKS = {
  ...{ bam, cbam, convnextBlock, coordinateAttention, denseBlock, eca },
  ...{ invertedResidual, separable, squeezeExcite },
};

Deno.test("what a block's function does not take is told under the function's name", () => {
  let told = 0;
  for (const [name, make] of Object.entries<unknown>(BLOCKS)) {
    if (typeof make !== "function") continue;
    const problems = [...said(() => make(0.2)), ...said(() => make(2, 0.2))];
    told += problems.length;
    for (const { path, layer } of problems) assertEquals([path, layer], [name, "argument"]);
  }
  assert(told > 15, `${told}`);
});

Deno.test("a number where options stand is told which options there are", () => {
  const wrong = (call: () => Net) => assertThrows(call, ProblemError).problems[0];
  const slope = wrong(() => layers.leakyRelu(0.2 as unknown as object));
  assertEquals([slope?.path, slope?.hint], [
    "leakyRelu",
    "the options are slope",
  ]);
  const width = wrong(() => separable(undefined as unknown as number));
  assertEquals([width?.path, width?.wanted], ["separable", "a width"]);
});

Deno.test("a merge of two is told what becomes of a third", () => {
  const three = fork("subtract", ...[4, 4, 4].map((width) => layers.conv(width)));
  const { got, wanted, hint } = onlyProblem(plan(three, [4, 4, 2]));
  assertEquals([got, wanted, hint], ["3", "2", "join others in a fork of their own"]);
});
