/** Assertions on results. */
import { assertStringIncludes } from "@std/assert";
import { renderProblems } from "../../dsl/problem/render.ts";
import type { Result } from "../../dsl/problem/result.ts";

/** Asserts that a result failed and that its problems, as text, contain each part. */
export function assertProblem<A>(
  result: Result<A>,
  ...parts: readonly string[]
): void {
  if (result._tag === "Right") throw new Error("expected a problem");
  const text = renderProblems(result.left);
  for (const part of parts) assertStringIncludes(text, part);
}
