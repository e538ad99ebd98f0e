/** Problems as text, for people. */
import { pictureOf } from "./picture.ts";
import type { Problem } from "./problem.ts";

/** Problems as text, one block each. */
export function textOf(problems: readonly Problem[]): string {
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
