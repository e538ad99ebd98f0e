/** The failing side of results, for tests that look at problems. */
import { assertEquals, AssertionError } from "@std/assert";
import type { Problem, Result } from "../mod.ts";

/** A result's problems, none when it succeeded. */
export function problemsOf<A>(result: Result<A>): readonly Problem[] {
  return result._tag === "Left" ? result.left : [];
}

/** The one problem that a result has. */
export function onlyProblem<A>(result: Result<A>): Problem {
  const [problem, ...others] = problemsOf(result);
  if (problem === undefined) throw new AssertionError("there is no problem");
  assertEquals(others, []);
  return problem;
}
