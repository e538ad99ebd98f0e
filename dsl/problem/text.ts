/** Problems as text, for people. */
import { printable } from "./escape.ts";
import { pictureOf } from "./picture.ts";
import type { Problem } from "./problem.ts";

/** Problems as text, one block each; what was got may take several lines, all further in. */
export function textOf(problems: readonly Problem[]): string {
  return problems.map((problem) => {
    const { path, layer, rule, got, wanted, hint } = problem;
    const place = path === "" ? "network" : path;
    return [
      printable(`${place} (${layer}): ${rule}`),
      `  got     ${got.split("\n").map(printable).join(MARGIN)}`,
      printable(`  wanted  ${wanted}`),
      ...(hint === "" ? [] : [printable(`  hint    ${hint}`)]),
      ...pictureOf(problem).map((line, i) => `  ${i === 0 ? "way  " : "     "} ${line}`),
    ].join("\n");
  }).join("\n");
}

/** A line further in than what problems begin with. */
const MARGIN = `\n${" ".repeat(10)}`;
