/** The summary as Markdown: a table with the same rows and numbers to the last digit, and the notes as a list. */
import { optionsOf } from "../../problem/expect.ts";
import type { Plan } from "../../plan/plan.ts";
import { showShape } from "../../net/shape.ts";
import { markdown } from "../../problem/escape.ts";
import { markdownTable } from "../../problem/markdown.ts";
import { depth } from "../counts/depth.ts";
import { columnOf, defaultColumns, isLeft, textOf } from "./columns.ts";
import type { SummaryNode } from "./summary.ts";
import { notesOn } from "./notes.ts";
import { labelOf, networkOf, rowsOf, SHOWN, type SummaryOptions } from "./rows.ts";

/**
 * A planned network's summary as Markdown; `width` has no meaning here.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { summaryMarkdown } from "@netfold/netfold/summary";
 * import { conv } from "@netfold/netfold/layers";
 *
 * const planned = orThrow(plan(conv(16, { kernel: 3 }), [32, 32, 3]));
 * const text = summaryMarkdown(planned, { columns: ["output", "params"] });
 * assertStringIncludes(text, "| `conv1`   | 32x32x16 |    432 |");
 * ```
 */
export function summaryMarkdown(plan: Plan, options: SummaryOptions = {}): string {
  const { name, depth: levels, convention, columns: asked } = optionsOf(options, SHOWN);
  const names = asked ?? defaultColumns(convention);
  const columns = names.map((name) => columnOf(name, convention));
  const network = networkOf(plan, convention);
  const cells = (node: SummaryNode) =>
    columns.map(({ cell }) => markdown(textOf(cell(node, network))));
  const rows = rowsOf(network.whole, levels).map((row) => [
    labelled(labelOf(row, names), row.node.path),
    ...cells(row.node),
  ]);
  const table = markdownTable(
    ["layer", ...columns.map(({ title }) => title)],
    [...rows, ["**total**", ...cells(network.whole)]],
    (i) => i === 0 || isLeft(names[i - 1]),
  );
  return [
    `# ${markdown(name)}`,
    "",
    `${showShape(plan.input)} to ${showShape(plan.output)}, depth ${depth(plan)}`,
    "",
    table,
    ...notesOn(plan, network.whole, options).map(({ title, lines }) =>
      `- **${title}**: ${markdown(lines.join("; "))}`
    ),
    "",
  ].join("\n");
}

/** A path as code, with what its label adds. */
function labelled(label: string, path: string): string {
  const added = label.indexOf(" ");
  return `\`${path}\`${added < 0 ? "" : markdown(label.slice(added))}`;
}
