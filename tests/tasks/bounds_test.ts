/** Numbers on command lines and in scripts that are larger than whole numbers can be without rounding. */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { orThrow, plan, ProblemError, renderProblems } from "../../mod.ts";
import { initialParameters } from "../../dsl/programs/initial.ts";
import { dense } from "../../layers/mod.ts";
import { channelList, type Reader, refusal, shape, whole } from "../../tasks/cli/reader.ts";
import { PRESETS } from "../../tasks/training/presets.ts";
import { checkRecipe } from "../../tasks/training/recipe.ts";

const EXACT = "whole numbers are exact below 2^53";

Deno.test("a command line refuses whole numbers from 2^53 on, and says why", () => {
  const refused: readonly (readonly [Reader<unknown>, string])[] = [
    [whole(0), "9007199254740992"],
    [whole(1), "1" + "0".repeat(400)],
    [channelList(), "1,9007199254740993"],
    [shape(), "9007199254740993x8x3"],
  ];
  for (const [reader, text] of refused) {
    assertEquals(reader.read(text), undefined, text);
    assertStringIncludes(refusal(reader, text), EXACT);
  }
  assertEquals(whole(0).read("9007199254740991"), 2 ** 53 - 1);
  assertEquals(refusal(whole(1), "0"), 'wanted a whole number of at least 1, got "0"');
});

Deno.test("scripts and recipes refuse seeds from 2^53 on, and say why", () => {
  const planned = orThrow(plan(dense(2), [4]));
  assertEquals(initialParameters(planned, 2 ** 53 - 1).size, 2);
  assertThrows(() => initialParameters(planned, 2 ** 53), ProblemError, EXACT);
  const checked = checkRecipe({ ...PRESETS.quick, seed: 2 ** 53 });
  assertStringIncludes(renderProblems(checked._tag === "Left" ? checked.left : []), "below 2^53");
});
