/**
 * The summary as CSV (RFC 4180), for programs: plain numbers, a row for each
 * layer and merge, or at a lesser depth for each part that is folded. No row
 * holds another, so that every column adds up to the network's total.
 */
import { csv } from "../../problem/escape.ts";
import { optionsOf } from "../../problem/expect.ts";
import type { Plan } from "../../plan/plan.ts";
import { type Cell, columnOf, type SummaryColumn } from "./columns.ts";
import { networkOf, rowsOf, SHOWN, type SummaryOptions } from "./rows.ts";

const COLUMNS: readonly SummaryColumn[] = [
  "type",
  "input",
  "output",
  "kernel",
  "params",
  "trainable",
  "macs",
  "flops",
  "memory",
  "field",
];

/**
 * A planned network's summary as CSV; `width` and `training` have no meaning here.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, orThrow, plan } from "@netfold/netfold";
 * import { summaryCsv } from "@netfold/netfold/summary";
 * import { conv, relu } from "@netfold/netfold/layers";
 *
 * const planned = orThrow(plan(chain(conv(4, { kernel: 3 }), relu()), [8, 8, 3]));
 * assertEquals(
 *   summaryCsv(planned, { columns: ["kernel", "macs", "flops"] }),
 *   "path,kernel,macs,flops\nconv1,3x3,6912,13824\nrelu1,,0,256\n",
 * );
 * ```
 */
export function summaryCsv(plan: Plan, options: SummaryOptions = {}): string {
  const given = optionsOf(options, { ...SHOWN, depth: Infinity });
  const { depth, convention } = given;
  const names = given.columns ??
    (convention === "netfold" ? COLUMNS : [...COLUMNS, "count"] as const);
  const columns = names.map((name) => columnOf(name, convention));
  const network = networkOf(plan, convention);
  const rows = rowsOf(network.whole, depth).filter(({ open }) => !open).map(({ node }) => [
    node.path,
    ...columns.map(({ cell }) => valueOf(cell(node, network))),
  ]);
  return [["path", ...columns.map(({ key }) => key)], ...rows]
    .map((row) => `${row.map(csv).join(",")}\n`).join("");
}

function valueOf(cell: Cell): string {
  switch (cell.kind) {
    case "text":
      return cell.text;
    case "count":
    case "bytes":
      return `${cell.value}`;
    case "share":
      return cell.whole === 0 ? "0" : `${100 * cell.part / cell.whole}`;
  }
}
