/** Problems as the program prints them. */
import type { JSX } from "preact";
import type { Problem } from "../../../dsl/problem/problem.ts";
import { renderProblems } from "../../../dsl/problem/render.ts";

export function Problems(
  { problems, title }: { readonly problems: readonly Problem[]; readonly title: string },
): JSX.Element | null {
  if (problems.length === 0) return null;
  return (
    <div class="problems" role="alert">
      <p>{title}</p>
      <pre tabIndex={0}>{renderProblems(problems)}</pre>
    </div>
  );
}
