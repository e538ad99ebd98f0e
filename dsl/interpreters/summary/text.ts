/**
 * The summary as text for the terminal: a table of the tree of names, folded
 * to a depth, and under it totals, sizes and what was counted.
 */
import { printable } from "../../problem/escape.ts";
import { optionsOf } from "../../problem/expect.ts";
import type { Plan } from "../../plan/plan.ts";
import { showShape } from "../../net/shape.ts";
import { mostOf } from "../../problem/monoid.ts";
import { wrapped } from "../../problem/wrap.ts";
import { depth } from "../counts/depth.ts";
import { layOut } from "./layout.ts";
import { type Note, notesOn } from "./notes.ts";
import { networkOf, rowsOf, SHOWN, type SummaryOptions } from "./rows.ts";

export type { SummaryOptions } from "./rows.ts";

const NOTE_MARGIN = 12;
const NARROWEST_NOTE = 40;

/**
 * A planned network's summary as text.
 *
 * @example Chosen columns, for a narrow place
 * ```ts
 * import { assert } from "@std/assert";
 * import { orThrow, plan } from "@netfold/netfold";
 * import { renderSummary } from "@netfold/netfold/summary";
 * import { attention56 } from "@netfold/netfold/nets";
 *
 * const planned = orThrow(plan(attention56(), [32, 32, 3]));
 * const text = renderSummary(planned, { columns: ["output", "macs%", "field"], width: 60 });
 * assert(text.split("\n").every((line) => line.length <= 60));
 * ```
 */
export function renderSummary(plan: Plan, options: SummaryOptions = {}): string {
  const { name, depth: levels, columns, convention, width } = optionsOf(options, SHOWN);
  const network = networkOf(plan, convention);
  const lines = layOut(rowsOf(network.whole, levels), network, { columns, convention, width });
  const rule = "-".repeat(mostOf(lines, ({ length }) => length));
  const [header = "", ...rows] = lines;
  return [
    `${printable(name)}: ${showShape(plan.input)} to ${showShape(plan.output)}, depth ${
      depth(plan)
    }`,
    rule,
    header,
    rule,
    ...rows.slice(0, -1),
    rule,
    rows.at(-1) ?? "",
    rule,
    ...notesOn(plan, network.whole, options).flatMap((note) => noteLines(note, width)),
    "",
  ].join("\n");
}

/** A note under its title, in lines of at most `width` characters where words allow it. */
function noteLines({ title, lines }: Note, width: number): readonly string[] {
  const room = Math.max(NARROWEST_NOTE, Math.min(width, 100)) - NOTE_MARGIN;
  return lines.flatMap((text) => wrapped(text, room))
    .map((text, i) => (i === 0 ? title : "").padEnd(NOTE_MARGIN) + text);
}
