/** Looking into a failure. */
import type { Problem } from "../../dsl/problem/problem.ts";
import type { Result } from "../../dsl/problem/result.ts";

/** The one problem of a result that must be a failure. */
export function problemOf(result: Result<unknown>): Problem {
  if (result._tag === "Right") throw new Error("Expected a failure");
  const [problem, ...more] = result.left;
  if (problem === undefined || more.length > 0) {
    throw new Error(`Expected one problem, got ${result.left.length}`);
  }
  return problem;
}
