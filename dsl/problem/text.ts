/** Problems as text, for people. */
import { printable } from "./escape.ts";
import { pictureOf } from "./picture.ts";
import type { Problem } from "./problem.ts";

/** Problems as text, one block each; what was got may take several lines, all further in. */
export function textOf(problems: readonly Problem[]): string {
  const told = problems.slice(0, MOST).map((problem) => {
    const { path, layer, rule, got, wanted, hint } = problem;
    const place = path === "" ? "network" : cut(path);
    return [
      `${place} (${layer}): ${cut(rule)}`,
      ...cut(got).split("\n").map((line, i) => `${i === 0 ? "  got    " : MARGIN} ${line}`),
      `  wanted  ${cut(wanted)}`,
      ...(hint === "" ? [] : [`  hint    ${cut(hint)}`]),
      ...pictureOf(problem).map((line, i) => `  ${i === 0 ? "way  " : "     "} ${line}`),
    ].map(printable).join("\n");
  });
  const more = problems.length - told.length;
  return [...told, ...(more > 0 ? [`and ${more} more problems`] : [])].join("\n");
}

/** What comes from outside may be as long as a file. */
function cut(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}...`;
}

const LONGEST = 2000;

/** How many problems are shown; a damaged file can have thousands. */
const MOST = 50;

/** What stands before a line that goes on. */
const MARGIN = /* @__PURE__ */ " ".repeat(9);
