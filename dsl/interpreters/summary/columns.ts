/**
 * The columns of a summary: what each one tells of a part of the network, in
 * a form that every way of printing can use.
 */
import type { Pair } from "../../graph/op.ts";
import { showShape } from "../../net/shape.ts";
import { bytes, grouped, share as percentage, short } from "../../problem/digits.ts";
import { defined } from "../../problem/defined.ts";
import { type ConventionName, conventionOf } from "../counts/convention.ts";
import { kernelText } from "../counts/kernel.ts";
import type { SummaryNode } from "./summary.ts";

/** The names of all columns, in the order in which they stand when nothing else is said. */
export const SUMMARY_COLUMNS = [
  "type",
  "input",
  "output",
  "kernel",
  "params",
  "params%",
  "trainable",
  "macs",
  "macs%",
  "flops",
  "count",
  "count%",
  "memory",
  "field",
] as const;

/** The name of a column, as `--columns` takes it. */
export type SummaryColumn = typeof SUMMARY_COLUMNS[number];

/** What stands in a cell. */
export type Cell =
  /** Text; empty where there is nothing to tell. */
  | { readonly kind: "text"; readonly text: string }
  /** A count. */
  | { readonly kind: "count"; readonly value: number }
  /** A number of bytes. */
  | { readonly kind: "bytes"; readonly value: number }
  /** A part of the network's total. */
  | { readonly kind: "share"; readonly part: number; readonly whole: number };

/** A column. */
export interface Column {
  readonly name: SummaryColumn;
  /** Its title, for people. */
  readonly title: string;
  /** Its title, for programs. */
  readonly key: string;
  /** The column whose shares it tells. */
  readonly shareOf?: SummaryColumn;
  /** What it tells of a part of a network. */
  readonly cell: (node: SummaryNode, network: Network) => Cell;
}

/** A network, for what a part's cell tells of it. */
export interface Network {
  /** The whole network as one part. */
  readonly whole: SummaryNode;
  /** The receptive fields of its layers and merges, found when they are first asked for. */
  readonly fields: () => ReadonlyMap<string, Pair>;
}

const text = (value: string): Cell => ({ kind: "text", text: value });
const count = (value: number): Cell => ({ kind: "count", value });
const share = (of: (node: SummaryNode) => number): Column["cell"] => (node, { whole }) => ({
  kind: "share",
  part: of(node),
  whole: of(whole),
});

/** The column of a name, under a convention. */
export function columnOf(name: SummaryColumn, convention: ConventionName): Column {
  return { name, ...columnsIn(convention)[name] };
}

function columnsIn(convention: ConventionName): Columns {
  const { unit } = conventionOf(convention);
  const key = `${convention}_${unit.replace("-", "_")}`.toLowerCase();
  return {
    type: column("type", "type", ({ layer }) => text(layer)),
    input: column("input", "input", ({ input }) => text(showShape(input))),
    output: column("output", "output", ({ output }) => text(showShape(output))),
    kernel: column(
      "kernel",
      "kernel",
      ({ children, end }) =>
        text(children.length === 0 && end !== undefined ? kernelText(end) ?? "" : ""),
    ),
    params: column("params", "params", ({ params }) => count(params.total)),
    "params%": column("params %", "params_percent", share(({ params }) => params.total), "params"),
    trainable: column("trainable", "trainable", ({ params }) => count(params.trainable)),
    macs: column("MACs", "macs", ({ cost }) => count(cost.macs)),
    "macs%": column("MACs %", "macs_percent", share(({ cost }) => cost.macs), "macs"),
    flops: column("FLOPs", "flops", ({ cost }) => count(cost.flops)),
    count: column(unit, key, (node) => count(node.count)),
    "count%": column(`${unit} %`, "count_percent", share((node) => node.count), "count"),
    memory: column(
      "memory",
      "activation_bytes",
      ({ activations }) => ({ kind: "bytes", value: activations }),
    ),
    field: column(
      "field",
      "receptive_field",
      ({ end }, { fields }) => text(fields().get(end?.path ?? "")?.join("x") ?? ""),
    ),
  };
}

type Columns = { readonly [K in SummaryColumn]: Omit<Column, "name"> };

function column(title: string, key: string, cell: Column["cell"], shareOf?: SummaryColumn) {
  return { title, key, cell, ...defined({ shareOf }) };
}

/** The columns of tables when nothing else is said; netfold's convention has two for the cost. */
export function defaultColumns(convention: ConventionName): readonly SummaryColumn[] {
  const cost = convention === "netfold"
    ? ["macs", "macs%", "flops"] as const
    : ["count", "count%"] as const;
  return ["input", "output", "kernel", "params", "params%", ...cost, "memory", "field"];
}

/** Whether a column's cells begin at the same place rather than end there. */
export function isLeft(name: SummaryColumn | undefined): boolean {
  return name === "type" || name === "input" || name === "output" || name === "kernel";
}

/** How counts are written: to the last digit, or to four. */
export type Form = "exact" | "short";

/** A cell for people; nothing for zero. */
export function textOf(cell: Cell, form: Form = "exact"): string {
  switch (cell.kind) {
    case "text":
      return cell.text;
    case "count":
      return cell.value === 0 ? "" : form === "exact" ? grouped(cell.value) : short(cell.value);
    case "bytes":
      return cell.value === 0 ? "" : bytes(cell.value);
    case "share":
      return cell.part === 0 ? "" : percentage(cell.part, cell.whole);
  }
}
