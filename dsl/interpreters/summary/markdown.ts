/** The summary as Markdown: a table with the same rows and numbers to the last digit, and the notes as a list. */
import type { Plan } from "../../plan/plan.ts";
import { showShape } from "../../net/shape.ts";
import { bytes, grouped, share } from "../counts/numbers.ts";
import { depth } from "../counts/depth.ts";
import { type Cell, columnOf, costColumns, type SummaryColumn } from "./columns.ts";
import { notesOn } from "./notes.ts";
import { labelOf, networkOf, rowsOf, type SummaryOptions } from "./rows.ts";

const LEFT: readonly SummaryColumn[] = ["type", "input", "output", "kernel"];

/**
 * A planned network's summary as Markdown; `width` has no meaning here.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { orThrow, plan, summaryMarkdown } from "@netfold/netfold";
 * import { conv } from "@netfold/netfold/layers";
 *
 * const planned = orThrow(plan(conv(16, { kernel: 3 }), [32, 32, 3]));
 * const text = summaryMarkdown(planned, { columns: ["output", "params"] });
 * assertStringIncludes(text, "| `conv1`   | 32x32x16 |    432 |");
 * ```
 */
export function summaryMarkdown(plan: Plan, options: SummaryOptions = {}): string {
  const { name = "network", depth: levels = 2, convention = "netfold" } = options;
  const names = options.columns ?? [
    "input",
    "output",
    "kernel",
    "params",
    "params%",
    ...costColumns(convention),
    "memory",
    "field",
  ];
  const columns = names.map((name) => columnOf(name, convention));
  const network = networkOf(plan, convention);
  const rows = [
    ["layer", ...columns.map(({ title }) => title)],
    ...rowsOf(network.whole, levels).map((row) => [
      labelled(labelOf(row, names), row.node.path),
      ...columns.map(({ cell }) => textOf(cell(row.node, network))),
    ]),
    ["**total**", ...columns.map(({ cell }) => textOf(cell(network.whole, network)))],
  ];
  const widths = columns.map((_, i) => i + 1).reduce(
    (widths, i) => [...widths, widest(rows, i)],
    [widest(rows, 0)],
  );
  const isLeft = (i: number) => i === 0 || LEFT.includes(names[i - 1] ?? "type");
  const line = (cells: readonly string[]) =>
    `| ${
      cells.map((cell, i) =>
        isLeft(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)
      ).join(" | ")
    } |`;
  const rule = widths.map((width, i) =>
    isLeft(i) ? "-".repeat(width) : `${"-".repeat(width - 1)}:`
  );
  const [header = [], ...body] = rows;
  return [
    `# ${name}`,
    "",
    `${showShape(plan.input)} to ${showShape(plan.output)}, depth ${depth(plan)}`,
    "",
    line(header),
    line(rule),
    ...body.map(line),
    "",
    ...notesOn(plan, network.whole, options).map(({ title, lines }) =>
      `- **${title}**: ${lines.join("; ")}`
    ),
    "",
  ].join("\n");
}

/** A path as code, with what its label adds. */
function labelled(label: string, path: string): string {
  const added = label.indexOf(" ");
  return `\`${path}\`${added < 0 ? "" : label.slice(added)}`;
}

function textOf(cell: Cell): string {
  switch (cell.kind) {
    case "text":
      return cell.text;
    case "count":
      return cell.value === 0 ? "" : grouped(cell.value);
    case "bytes":
      return cell.value === 0 ? "" : bytes(cell.value);
    case "share":
      return cell.part === 0 ? "" : share(cell.part, cell.whole);
  }
}

/** The width of a column: at least that of the shortest rule. */
function widest(rows: readonly (readonly string[])[], i: number): number {
  return rows.reduce((most, row) => Math.max(most, row[i]?.length ?? 0), 3);
}
