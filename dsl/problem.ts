/**
 * Problems: what is wrong, as data. Every part of netfold reports failures in
 * this one form and one function turns them into text.
 */
import { pictureOf } from "./problem_picture.ts";
import { left, type Result, right } from "./result.ts";

/** One thing that is wrong, with what is needed to mend it. */
export interface Problem {
  /** Where: the path in the network, the file, or the option. */
  readonly path: string;
  /** What stands there: the layer's type, or `option`, `file`, `checkpoint` ... */
  readonly layer: string;
  /** The rule that does not hold, as a sentence without a full stop. */
  readonly rule: string;
  /** The value that was found. */
  readonly got: string;
  /** The value that was needed. */
  readonly wanted: string;
  /** What to do about it. */
  readonly hint: string;
  /** The shapes on the way to it, where a network does not fit together. */
  readonly way?: Way;
}

/** A layer or a merge on the way to a fault. */
export interface Step {
  /** Its path; empty for what has none, such as the network's input. */
  readonly path: string;
  /** The layer's type or the merge's name. */
  readonly layer: string;
  /** The shape that comes out of it. */
  readonly output: string;
}

/** What stands before a fault. */
export interface Way {
  /** The last steps before it, in order. */
  readonly steps: readonly Step[];
  /** Whether there are others before those. */
  readonly more: boolean;
  /** The last steps of each branch, where the fault is at a merge. */
  readonly branches?: readonly Pick<Way, "steps" | "more">[];
  /** What is known of the shape that comes out. */
  readonly output: string;
}

/**
 * Renders problems as text, one block each; with a picture of the shapes on
 * the way there, where a network does not fit together.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { renderProblems } from "@netfold/netfold";
 *
 * const text = renderProblems([{
 *   path: "stage1.conv1", layer: "conv", rule: "the groups must divide the channels",
 *   got: "30 channels, 4 groups", wanted: "a multiple of 4", hint: "use 32 channels",
 * }]);
 * assertStringIncludes(text, "stage1.conv1 (conv): the groups must divide the channels");
 * ```
 */
export function renderProblems(problems: readonly Problem[]): string {
  return problems.map((problem) => {
    const { path, layer, rule, got, wanted, hint } = problem;
    return [
      `${path === "" ? "network" : path} (${layer}): ${rule}`,
      `  got     ${got}`,
      `  wanted  ${wanted}`,
      ...(hint === "" ? [] : [`  hint    ${hint}`]),
      ...pictureOf(problem).map((line, i) => `  ${i === 0 ? "way  " : "     "} ${line}`),
    ].join("\n");
  }).join("\n");
}

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
export async function attempt<A>(work: () => Promise<A>): Promise<Result<A>> {
  try {
    return right(await work());
  } catch (error) {
    if (error instanceof ProblemError) return left(error.problems);
    throw error;
  }
}
