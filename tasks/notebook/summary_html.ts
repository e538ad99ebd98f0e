/** The summary of a network as a table of HTML, with the rows and numbers of the text. */
import { notesOn } from "../../dsl/interpreters/summary/notes.ts";
import {
  columnOf,
  defaultColumns,
  isLeft,
  textOf,
} from "../../dsl/interpreters/summary/columns.ts";
import {
  labelOf,
  networkOf,
  rowsOf,
  SHOWN,
  type SummaryOptions,
} from "../../dsl/interpreters/summary/rows.ts";
import type { SummaryNode } from "../../dsl/interpreters/summary/summary.ts";
import { depth } from "../../dsl/interpreters/counts/depth.ts";
import { showShape } from "../../dsl/net/shape.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { optionsOf } from "../../dsl/problem/expect.ts";
import { htmlTable, list, paragraph } from "../page/html.ts";

/** Two spaces of a level that HTML keeps. */
const INDENT = "\u00a0\u00a0";

/** The summary of a planned network. */
export function summaryHtml(plan: Plan, options: SummaryOptions = {}): string {
  const { name, depth: levels, convention, columns: asked } = optionsOf(options, SHOWN);
  const names = asked ?? defaultColumns(convention);
  const columns = names.map((name) => columnOf(name, convention));
  const network = networkOf(plan, convention);
  const cells = (node: SummaryNode): readonly string[] =>
    columns.map(({ cell }) => textOf(cell(node, network)));
  const rows = rowsOf(network.whole, levels).map((row) => [
    INDENT.repeat(row.level) + labelOf(row, names),
    ...cells(row.node),
  ]);
  const told = (column: number): boolean => rows.some((row) => (row[column + 1] ?? "") !== "");
  const kept = <T>(row: readonly T[]): readonly T[] =>
    row.filter((_, i) => i === 0 || asked !== undefined || told(i - 1));
  const header = kept(["layer", ...columns.map(({ title }) => title)]);
  const lefts = kept([true, ...names.map((name) => isLeft(name))]);
  return [
    paragraph(
      `${name}: ${showShape(plan.input)} to ${showShape(plan.output)}, depth ${depth(plan)}`,
    ),
    htmlTable(
      header,
      [...rows, ["total", ...cells(network.whole)]].map(kept),
      [...lefts.keys()].filter((i) => lefts[i]),
    ),
    list(
      notesOn(plan, network.whole, options).map(({ title, lines }) =>
        `${title}: ${lines.join("; ")}`
      ),
    ),
  ].join("\n");
}
