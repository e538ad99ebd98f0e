/** From results to exceptions and back, for scripts that would rather stop than branch. */
import { expected, hasFields, ProblemError } from "./expect.ts";
import { left, type Result, right } from "./result.ts";

export { ProblemError };

const RESULT = {
  fits: (value: unknown) =>
    hasFields(value, ["_tag", "right"]) || hasFields(value, ["_tag", "left"]),
  wanted: "a result",
  hint: "give what plan(), find(), train() ... return, awaited where it is a promise",
} as const;

/**
 * The value of a result, for scripts that would rather stop than branch.
 *
 * @throws {ProblemError} When the result is a failure.
 */
export function orThrow<A>(result: Result<A>): A {
  expected(result, RESULT);
  if (result._tag === "Left") throw new ProblemError(result.left);
  return result.right;
}

/**
 * Runs work that stops at its first failure by {@link orThrow}, and gives back
 * its value or the problems it stopped at. Other errors pass through.
 */
export async function attempt<A>(work: () => A | Promise<A>): Promise<Result<A>> {
  try {
    return right(await work());
  } catch (error) {
    if (error instanceof ProblemError) return left(error.problems);
    throw error;
  }
}
