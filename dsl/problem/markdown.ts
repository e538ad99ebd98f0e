/** Tables in Markdown, set so that they read as tables in plain text too. */
import { mostOf } from "./monoid.ts";

/**
 * A table, with a line break at its end; a bar within a cell is escaped.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { markdownTable } from "./markdown.ts";
 *
 * const text = markdownTable(["layer", "MACs"], [["conv1", "6,912"]], (column) => column === 0);
 * assertEquals(text, "| layer |  MACs |\n| ----- | ----: |\n| conv1 | 6,912 |\n");
 * ```
 */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  isLeft: (column: number) => boolean,
): string {
  const texts = [header, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = header.map((_, i) => mostOf(texts, (row) => row[i]?.length ?? 0, 3));
  const set = (cell: string, i: number) =>
    isLeft(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0);
  const rule = widths.map((width, i) =>
    isLeft(i) ? "-".repeat(width) : `${"-".repeat(width - 1)}:`
  );
  const [head = [], ...body] = texts.map((row) => row.map(set));
  return [head, rule, ...body].map((row) => `| ${row.join(" | ")} |\n`).join("");
}
