/**
 * Text tables: columns side by side, aligned by display width, with rules of
 * hyphens and no other drawing, so that they can be pasted anywhere. A cell stays in its line,
 * whatever it holds.
 */
import { printable } from "../../dsl/problem/escape.ts";
import { cutMiddle, displayWidth, pad } from "./width.ts";

/** Which side of its column a text keeps to. */
export type Align = "left" | "right";

export interface TableOptions {
  readonly header?: readonly string[];
  /** Rows below a rule: the totals. */
  readonly footer?: readonly (readonly string[])[];
  /** The columns' alignment; left where nothing is said. */
  readonly align?: readonly Align[];
  /** The widest that the table may be, in terminal columns; no limit by default. */
  readonly columns?: number;
  /** The column whose texts are cut in the middle when the table is too wide; the first by default. */
  readonly shrink?: number;
}

const GAP = "  ";
const NARROWEST = 8;

/**
 * Lays out rows as text, without a line break at the end. A column may be cut
 * to eight columns' width and no further, so a very narrow limit is exceeded.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { table } from "./table.ts";
 *
 * const rows = [["conv1", "432"], ["dense", "6,410"]];
 * assertEquals(
 *   table(rows, { header: ["layer", "parameters"], align: ["left", "right"] }),
 *   "layer  parameters\n-----  ----------\nconv1         432\ndense       6,410",
 * );
 * ```
 */
export function table(rows: readonly (readonly string[])[], options: TableOptions = {}): string {
  const { align = [], shrink = 0 } = options;
  const header = options.header?.map(printable);
  const printed = (row: readonly string[]): readonly string[] => row.map(printable);
  const [body, footer] = [rows.map(printed), (options.footer ?? []).map(printed)] as const;
  const all = [...(header === undefined ? [] : [header]), ...body, ...footer];
  const widths = fitted(widthsOf(all), options.columns ?? Infinity, shrink);
  const line = (row: readonly string[]): string =>
    widths.map((width, i) => {
      const text = row[i] ?? "";
      const cut = i === shrink ? cutMiddle(text, width) : text;
      return pad(cut, width, align[i] ?? "left");
    }).join(GAP).trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join(GAP);
  return [
    ...(header === undefined ? [] : [line(header), rule]),
    ...body.map(line),
    ...(footer.length === 0 ? [] : [rule, ...footer.map(line)]),
  ].join("\n");
}

function widthsOf(rows: readonly (readonly string[])[]): readonly number[] {
  const count = rows.reduce((most, row) => Math.max(most, row.length), 0);
  return Array.from(
    { length: count },
    (_, i) => rows.reduce((most, row) => Math.max(most, displayWidth(row[i] ?? "")), 0),
  );
}

/** The widths with the column `shrink` made narrower, as far as the table is too wide. */
function fitted(widths: readonly number[], columns: number, shrink: number): readonly number[] {
  const total = widths.reduce((sum, width) => sum + width, 0) +
    GAP.length * Math.max(0, widths.length - 1);
  const excess = Math.max(0, total - columns);
  return widths.map((width, i) =>
    i === shrink ? Math.max(width - excess, Math.min(width, NARROWEST)) : width
  );
}
