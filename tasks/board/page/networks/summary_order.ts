/** A summary in another order than that of computation: each group's parts by a column. */
import type { Cell, Column, Network } from "../../../../dsl/interpreters/summary/columns.ts";
import type { SummaryNode } from "../../../../dsl/interpreters/summary/summary.ts";

/** By what a summary is sorted. */
export interface Order {
  readonly column: Column;
  readonly isDown: boolean;
}

/** Shapes, by their numbers. */
const { compare } = new Intl.Collator("en", { numeric: true });

/** A part whose parts are sorted, and theirs; equal ones stay in the order of computation. */
export function ordered(
  whole: SummaryNode,
  network: Network,
  { column, isDown }: Order,
): SummaryNode {
  const sign = isDown ? -1 : 1;
  const sorted = (node: SummaryNode): SummaryNode => ({
    ...node,
    children: node.children.map(sorted).toSorted((a, b) =>
      sign * compared(column.cell(a, network), column.cell(b, network))
    ),
  });
  return sorted(whole);
}

function compared(a: Cell, b: Cell): number {
  return a.kind === "text" && b.kind === "text"
    ? compare(a.text, b.text)
    : numberOf(a) - numberOf(b);
}

function numberOf(cell: Cell): number {
  switch (cell.kind) {
    case "text":
      return 0;
    case "count":
    case "bytes":
      return cell.value;
    case "share":
      return cell.part;
  }
}
