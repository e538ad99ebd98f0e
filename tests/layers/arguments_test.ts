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

const { attend, bam, basic, cbam, convnextBlock, coordinateAttention } = netfold;
const { denseBlock, eca, hourglass, invertedResidual, localMask, mask } = netfold;
const { preactivation, resnext, separable, squeezeExcite, stage } = netfold;
const BLOCKS = {
  ...{ bam, basic, cbam, convnextBlock, coordinateAttention, denseBlock, eca, hourglass },
  ...{ invertedResidual, localMask, preactivation, resnext, separable, squeezeExcite },
};

Deno.test("what the function of a layer or a block does not take is told under the function's name", () => {
  let told = 0;
  for (const [name, make] of Object.entries<unknown>({ ...layers, ...BLOCKS })) {
    if (typeof make !== "function") continue;
    const calls = [[0.2], [2, 0.2], [], [{ nonsense: 1 }], [2, { nonsense: 1 }]];
    const problems = calls.flatMap((args) => said(() => make(...args)));
    told += problems.length;
    for (const { path } of problems) assertEquals(path.split(".")[0], name, path);
  }
  assert(told > 80, `${told}`);
});

Deno.test("every option of a block that decides its form is judged where it is given", () => {
  const wrong: readonly (readonly [string, () => unknown])[] = [
    ["squeezeExcite.ratio", () => squeezeExcite({ ratio: 0.5 })],
    ["squeezeExcite.gate", () => squeezeExcite({ gate: layers.sigmoid as never })],
    ["invertedResidual.width", () => invertedResidual({ width: "outer" as never })],
    ["preactivation.width", () => preactivation({ width: "wide" as never })],
    ["basic.projection", () => basic({ projection: "no" as never })],
    ["hourglass.reading", () => hourglass({ depth: 1, reading: "ascent" as never })],
    ["mask.units", () => mask(layers.relu(), { units: "basic" as never })],
    ["stage.learning", () => stage(1, 1, 1, { learning: "arn" as never })],
    ["attend.sees", () => attend(layers.relu(), { depth: 1, sees: "both" as never })],
    ["attend.path", () => attend(layers.relu(), squeezeExcite(), { path: [] })],
    ["conv.kernal", () => layers.conv(8, { kernal: 3 } as never)],
    ["maxPool.strides", () => layers.maxPool(2, { strides: 3 } as never)],
  ];
  for (const [path, call] of wrong) assertEquals(said(call).map((problem) => problem.path), [path]);
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

Deno.test("a merge is told what becomes of a third branch, and that it needs more", () => {
  const three = fork("subtract", ...[4, 4, 4].map((width) => layers.conv(width)));
  const { got, wanted, hint } = onlyProblem(plan(three, [4, 4, 2]));
  assertEquals([got, wanted, hint], ["3", "2", "join others in a fork of their own"]);
  for (const alone of [fork("modulate", layers.relu()), fork("add")]) {
    assert(onlyProblem(plan(alone, [4, 4, 2])).hint.startsWith("give it more branches"));
  }
});
