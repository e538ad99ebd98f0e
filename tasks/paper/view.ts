/** Figures and ours as tables, for the terminal and in Markdown. */
import { markdownTable } from "../../dsl/problem/markdown.ts";
import { wrapped } from "../../dsl/problem/wrap.ts";
import { count } from "../terminal/format.ts";
import { type Align, table } from "../terminal/table.ts";
import { type Comparison, type ComparisonSection, likewise, type PaperReport } from "./compare.ts";

const HEADER = ["network", "counted", "stated", "ours", "exactly", "verdict"];
const ALIGN: readonly Align[] = ["left", "left", "right", "right", "right", "left"];

const CONVENTION = "MACs are multiply-accumulates of convolutions and dense layers for one " +
  "image, what the paper calls FLOPs. Parameters are met when any way of counting them prints " +
  "the figure: conv and dense; trainable, with gammas and betas; with running statistics.";

/** The report for a terminal of that width, in columns. */
export function paperText(report: PaperReport, columns: number): string {
  return [
    ...report.sections.map((section) => {
      const { rows, notes } = rowsOf(section);
      const body = table(rows, { header: HEADER, align: ALIGN, columns });
      return [section.title, "", body, ...notes.flatMap((note) => wrapped(note, columns))].join(
        "\n",
      );
    }),
    wrapped(CONVENTION, columns).join("\n"),
    wrapped(verdict(report), columns).join("\n"),
    "",
  ].join("\n\n").trimEnd() + "\n";
}

export function paperMarkdown(report: PaperReport): string {
  return [
    ...report.sections.map((section) => {
      const { rows, notes } = rowsOf(section);
      const body = markdownTable(HEADER, rows, (i) => ALIGN[i] === "left");
      return [`## ${section.title}`, "", body, ...notes.map((note) => `- ${note}`)].join("\n")
        .trimEnd();
    }),
    CONVENTION,
    verdict(report),
  ].join("\n\n") + "\n";
}

/** A section's rows, and the notes that they point to by number. */
function rowsOf({ rows }: ComparisonSection): {
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
} {
  const notes = [...new Set(rows.flatMap(({ note }) => note === undefined ? [] : [note]))];
  const mark = ({ note }: Comparison) => note === undefined ? "" : ` (${notes.indexOf(note) + 1})`;
  return {
    rows: rows.map((row) => [
      row.network,
      row.counted,
      row.stated,
      likewise(row.ours, row.stated),
      row.stated.endsWith("%") ? row.ours.toFixed(2) : count(row.ours),
      `${row.match ? "match" : "no match"}${mark(row)}`,
    ]),
    notes: notes.map((note, i) => `(${i + 1}) ${note}`),
  };
}

function verdict({ sections, changes }: PaperReport): string {
  const rows = sections.flatMap((section) => section.rows);
  const met = rows.filter(({ match }) => match).length;
  const state = changes.length === 0
    ? "every count of ours is the recorded one"
    : `${changes.length} of our counts have changed`;
  return `${met} of ${rows.length} figures are met; ${state}.`;
}
