/** From results to exceptions and back, for scripts that would rather stop than branch. */
import type { Problem } from "./problem.ts";
import { renderProblems } from "./render.ts";
import { left, type Result, right } from "./result.ts";

/** The error that {@link orThrow} throws; its message is the rendered problems. */
export class ProblemError extends Error {
  /** The problems behind the message. */
  readonly problems: readonly Problem[];

  /** Builds the error from at least one problem. */
  constructor(problems: readonly Problem[]) {
    super(renderProblems(problems));
    this.name = "ProblemError";
    this.problems = problems;
  }
}

/**
 * The value of a result, for scripts that would rather stop than branch.
 *
 * @throws {ProblemError} When the result is a failure.
 */
export function orThrow<A>(result: Result<A>): A {
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
