/** The summary as a table for the terminal: a tree of names, folded to a depth. */
import { sumCosts } from "../fold.ts";
import type { Net } from "../net.ts";
import { type Plan, plan } from "../plan.ts";
import { orThrow } from "../problem.ts";
import { grouped } from "../digits.ts";
import { type Shape, showShape } from "../shape.ts";
import { depth } from "./depth.ts";
import { sumParameters } from "./params.ts";
import { type SummaryNode, summaryTree } from "./summary.ts";

/** How a summary is printed. */
export interface SummaryOptions {
  /** The name in the heading. */
  readonly name?: string;
  /** How many levels of names are shown; deeper parts are summed up. 2 by default. */
  readonly depth?: number;
}

/**
 * A network's summary as text, for people.
 *
 * @throws {ProblemError} When the network does not fit the input.
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { summary } from "@netfold/netfold";
 * import { attention56 } from "@netfold/netfold/nets";
 *
 * assertStringIncludes(summary(attention56(), [32, 32, 3]), "1,148,826 trainable");
 * ```
 */
export function summary(
  net: Net,
  input: Shape,
  options: SummaryOptions = {},
): string {
  return renderSummary(orThrow(plan(net, input)), options);
}

/** A planned network's summary as text. */
export function renderSummary(
  plan: Plan,
  options: SummaryOptions = {},
): string {
  const { name = "network", depth: levels = 2 } = options;
  const { input, output } = plan;
  const tree = summaryTree(plan);
  const counts = sumParameters(tree.map((node) => node.params));
  const { macs, flops } = sumCosts(tree.map((node) => node.cost));
  const head = ["layer", "type", "output", "parameters", "MACs", "FLOPs"];
  const total = [
    "total",
    "",
    showShape(output),
    ...[counts.total, macs, flops].map(grouped),
  ];
  const rows = [
    head,
    ...tree.flatMap((node) => rowsOf(node, levels, 0)),
    total,
  ];
  const widths = head.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, i) => i < 3 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))
      .join("  ").trimEnd();
  const rule = "-".repeat(widths.reduce((sum, width) => sum + width + 2, -2));
  const [heading = "", ...body] = rows.map(line);
  return [
    `${name}: ${showShape(input)} to ${showShape(output)}, depth ${depth(plan)}`,
    rule,
    heading,
    rule,
    ...body.slice(0, -1),
    rule,
    body.at(-1) ?? "",
    rule,
    `parameters  ${grouped(counts.trainable)} trainable, of which ${
      grouped(counts.weights)
    } weights`,
    `            of convolutions and dense layers; ${
      grouped(counts.total)
    } with running statistics`,
    `cost        ${grouped(macs)} MACs, ${grouped(flops)} FLOPs for one input`,
    "            (MACs: multiply-accumulates of convolutions and dense layers;",
    "            FLOPs: 2 MACs plus every elementwise operation)",
    "",
  ].join("\n");
}

function rowsOf(
  node: SummaryNode,
  levels: number,
  level: number,
): readonly (readonly string[])[] {
  const folded = level + 1 >= levels ? [] : node.children;
  const { params, cost } = node;
  const parts = node.children.length > 0 && folded.length === 0 ? "..." : node.layer;
  const row = [
    "  ".repeat(level) + node.name,
    parts,
    showShape(node.output),
    ...[params.total, cost.macs, cost.flops].map((value) => value === 0 ? "" : grouped(value)),
  ];
  return [row, ...folded.flatMap((child) => rowsOf(child, levels, level + 1))];
}
