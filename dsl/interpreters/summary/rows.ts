/** The rows of a summary: the tree of a network's names, folded to a depth. */
import { judged } from "../../plan/fold.ts";
import { lastOf } from "../../plan/parts.ts";
import type { Plan } from "../../plan/plan.ts";
import type { ConventionName } from "../counts/convention.ts";
import { receptiveFields } from "../counts/receptive_field.ts";
import type { Network, SummaryColumn } from "./columns.ts";
import { groupOf, type SummaryNode, summaryTree } from "./summary.ts";
import type { TrainingNeeds } from "../counts/training_cost.ts";

/** How a summary is printed. */
export interface SummaryOptions {
  /** The name in the heading. */
  readonly name?: string;
  /** How many levels of names are shown; deeper parts are summed up. 2 by default, all in CSV. */
  readonly depth?: number;
  /** The columns after the names; by default those that fit, in Markdown and CSV all. */
  readonly columns?: readonly SummaryColumn[];
  /** Whose way of counting operations; netfold's by default. */
  readonly convention?: ConventionName;
  /** What a step of training takes, from `trainingNeeds`; left out by default. */
  readonly training?: TrainingNeeds;
  /** The widest that text may be, in columns of a terminal; 80 by default. */
  readonly width?: number;
}

/** What options are when they are left out; a default of its own for each form stands beside. */
export const SHOWN = {
  name: "network",
  depth: 2,
  columns: undefined,
  convention: "netfold",
  training: undefined,
  width: 80,
} as const;

/** A part of the network that has a line of its own. */
export interface Row {
  readonly node: SummaryNode;
  /** How many groups it is in. */
  readonly level: number;
  /** Whether the parts that it holds are shown. */
  readonly open: boolean;
}

/** A planned network, as rows and columns need it. */
export function networkOf(plan: Plan, convention: ConventionName): Network {
  const { input, output } = judged(plan);
  let fields: ReturnType<Network["fields"]> | undefined;
  return {
    whole: groupOf({ path: "", input, output, children: summaryTree(plan, convention) }),
    fields: () => fields ??= receptiveFields(plan),
  };
}

/** The parts in the order of computation, each group before what it holds, down to a depth. */
export function rowsOf(whole: SummaryNode, depth: number): readonly Row[] {
  const rows: Row[] = [];
  const visit = (node: SummaryNode, level: number): void => {
    const open = node.children.length > 0 && level + 1 < depth;
    rows.push({ node, level, open });
    if (open) { for (const child of node.children) visit(child, level + 1); }
  };
  for (const child of whole.children) visit(child, 0);
  return rows;
}

/**
 * A part's name, with its type where neither the name nor a column tells it,
 * and dots for what is folded.
 */
export function labelOf({ node, open }: Row, columns: readonly SummaryColumn[] = []): string {
  const { layer, end, children, home } = node;
  const first = lastOf(home ?? node.path);
  // Within a shared part every name is that of its counterpart.
  const name = first === node.name ? first : `${node.name} = ${first}`;
  const label = end?.kind === "layer" ? end.meaning.label : undefined;
  if (children.length > 0) return open ? name : `${name} ...`;
  if (label === undefined || columns.includes("type")) return name;
  const told = name.startsWith(label) || name.startsWith(layer);
  return told ? name : `${name} (${layer})`;
}
