/**
 * How a summary's table is set: with as many columns as fit a width, numbers
 * to the last digit where there is room, otherwise to four digits, and names
 * cut only when all else is of no use.
 */
import { printable } from "../../problem/escape.ts";
import { mostOf, sumOf } from "../../problem/monoid.ts";
import type { ConventionName } from "../counts/convention.ts";
import {
  type Column,
  columnOf,
  defaultColumns,
  type Form,
  isLeft,
  type Network,
  type SummaryColumn,
  textOf,
} from "./columns.ts";
import { labelOf, type Row } from "./rows.ts";
import type { SummaryNode } from "./summary.ts";

/** What is set, and for which width. */
export interface LayoutOptions {
  /** The columns after the names; undefined for those that fit. */
  readonly columns: readonly SummaryColumn[] | undefined;
  /** Whose way of counting. */
  readonly convention: ConventionName;
  /** The widest that a line may be. */
  readonly width: number;
}

/** Columns that are left out first, in this order, so that numbers stay exact. */
const LUXURIES: readonly SummaryColumn[] = ["input", "field", "memory", "kernel"];
/** Columns that are left out when short numbers do not fit either. */
const COMFORTS: readonly SummaryColumn[] = ["params%", "macs%", "count%", "flops", "output"];

const GAP = "  ";
const NARROWEST_NAME = 12;

/** A column's cells as texts, the last one that of the whole network, and their width. */
interface Texts {
  readonly cells: readonly string[];
  readonly width: number;
  /** Whether they tell anything of the parts. */
  readonly told: boolean;
}

/** A column, and its texts when they are asked for. */
interface Measured {
  readonly column: Column;
  readonly texts: (form: Form) => Texts;
}

/** A table that may fit. */
interface Layout {
  readonly columns: readonly Measured[];
  readonly form: Form;
}

/** The lines of a table: its header, a line for each row, and the total. */
export function layOut(
  rows: readonly Row[],
  network: Network,
  { columns, convention, width }: LayoutOptions,
): readonly string[] {
  const names = [
    ...rows.map((row) => "  ".repeat(row.level) + printable(labelOf(row, columns))),
    "total",
  ];
  const nodes = [...rows.map(({ node }) => node), network.whole];
  const measured = (columns ?? defaultColumns(convention))
    .map((name) => measure(columnOf(name, convention), nodes, network));
  const layouts: readonly Layout[] = columns === undefined
    ? choices(measured)
    : [{ columns: measured, form: "exact" }, { columns: measured, form: "short" }];
  const widest = widthOf(names);
  const chosen = layouts.find((layout) => fits(layout, width - widest)) ?? layouts.at(-1);
  const layout = told(chosen ?? { columns: measured, form: "short" }, columns !== undefined);
  const room = Math.max(NARROWEST_NAME, width - cellsWidth(layout));
  return set(names.map((name) => cut(name, Math.min(widest, room))), layout);
}

/** Whether a table's cells fit; columns are looked at until it is clear that they do not. */
function fits({ columns, form }: Layout, width: number): boolean {
  let room = width;
  return columns.every(({ column, texts }, i) => {
    const { told, width } = texts(form);
    if (told) room -= GAP.length + Math.max(width, titleOf(column, columns[i - 1]).length);
    return room >= 0;
  });
}

/** A table without the columns that tell nothing; `all` keeps them. */
function told({ columns, form }: Layout, all: boolean): Layout {
  return { columns: columns.filter(({ texts }) => all || texts(form).told), form };
}

/** Tables from the richest to the poorest. */
function choices(columns: readonly Measured[]): readonly Layout[] {
  const without = (spare: readonly SummaryColumn[], form: Form): readonly Layout[] =>
    Array.from({ length: spare.length + 1 }, (_, i) => ({
      columns: columns.filter(({ column }) => !spare.slice(0, i).includes(column.name)),
      form,
    }));
  return [...without(LUXURIES, "exact"), ...without([...LUXURIES, ...COMFORTS], "short")];
}

function measure(column: Column, nodes: readonly SummaryNode[], network: Network): Measured {
  const known = new Map<Form, Texts>();
  const texts = (form: Form): Texts => {
    const cells = nodes.map((node) => printable(textOf(column.cell(node, network), form)));
    return { cells, width: widthOf(cells), told: cells.slice(0, -1).some((cell) => cell !== "") };
  };
  return {
    column,
    texts: (form) => {
      const found = known.get(form) ?? texts(form);
      known.set(form, found);
      return found;
    },
  };
}

function widthOf(texts: readonly string[]): number {
  return mostOf(texts, ({ length }) => length);
}

/** A column's title; of shares beside what they are shares of, the sign will do. */
function titleOf({ shareOf, title }: Column, before: Measured | undefined): string {
  return shareOf !== undefined && before?.column.name === shareOf ? "%" : title;
}

function titlesOf({ columns }: Layout): readonly string[] {
  return columns.map(({ column }, i) => titleOf(column, columns[i - 1]));
}

function columnWidths(layout: Layout): readonly number[] {
  const titles = titlesOf(layout);
  return layout.columns.map(({ texts }, i) =>
    Math.max(texts(layout.form).width, titles[i]?.length ?? 0)
  );
}

function cellsWidth(layout: Layout): number {
  return sumOf(columnWidths(layout), (width) => GAP.length + width);
}

function set(names: readonly string[], layout: Layout): readonly string[] {
  const widths = columnWidths(layout);
  const nameWidth = Math.max(widthOf(names), "layer".length);
  const line = (name: string, cells: readonly string[]) =>
    [
      name.padEnd(nameWidth),
      ...cells.map((cell, i) => {
        const left = isLeft(layout.columns[i]?.column.name);
        return left ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0);
      }),
    ].join(GAP).trimEnd();
  return [
    line("layer", titlesOf(layout)),
    ...names.map((name, row) =>
      line(name, layout.columns.map(({ texts }) => texts(layout.form).cells[row] ?? ""))
    ),
  ];
}

/** A name in at most `width` characters, its indentation and its end kept. */
function cut(name: string, width: number): string {
  if (name.length <= width) return name;
  const keep = width - 3;
  const head = Math.ceil(keep / 2);
  return `${name.slice(0, head)}...${name.slice(name.length - (keep - head))}`;
}
