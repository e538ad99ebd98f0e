/** Problems as text, of any that a script hands in. */
import { expected, PROBLEMS } from "./expect.ts";
import type { Problem } from "./problem.ts";
import { textOf } from "./text.ts";

/**
 * Renders problems as text, one block each; with a picture of the shapes on
 * the way there, where a network does not fit together.
 *
 * @throws {ProblemError} When they are no list of problems.
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { renderProblems } from "@netfold/netfold";
 *
 * const text = renderProblems([{
 *   path: "stage1.conv1", layer: "conv", code: "groups-do-not-divide", rule: "the groups must divide the channels",
 *   got: "30 channels, 4 groups", wanted: "a multiple of 4", hint: "use 32 channels",
 * }]);
 * assertStringIncludes(text, "stage1.conv1 (conv): the groups must divide the channels");
 * ```
 */
export function renderProblems(problems: readonly Problem[]): string {
  return textOf(expected(problems, PROBLEMS));
}
