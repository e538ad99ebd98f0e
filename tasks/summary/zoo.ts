/** Networks of the zoo as a list, each with its counts, in every format of `deno task summary`. */
import { summarize, type Summary } from "../../dsl/interpreters/summary/summary.ts";
import { showShape } from "../../dsl/net/shape.ts";
import { plan } from "../../layers/bound/plan.ts";
import { markdownTable } from "../../dsl/problem/markdown.ts";
import { type Result, right } from "../../dsl/problem/result.ts";
import { network, type ZooOptions } from "../../nets/zoo.ts";
import { short } from "../../dsl/problem/digits.ts";
import { count } from "../terminal/format.ts";
import { table } from "../terminal/table.ts";
import type { SummaryArguments } from "./options.ts";

export type ZooEntry = Omit<Summary, "layers">;

/** Networks of the zoo, planned for the same options. */
export function zooEntries(
  names: readonly string[],
  options: ZooOptions,
): Result<readonly ZooEntry[]> {
  const entries: ZooEntry[] = [];
  for (const name of names) {
    const found = network(name, options);
    const planned = found._tag === "Left" ? found : plan(found.right.net, found.right.input);
    if (planned._tag === "Left") return planned;
    const { layers: _, ...entry } = summarize(planned.right, name);
    entries.push(entry);
  }
  return right(entries);
}

const KEYS = ["network", "input", "output", "depth", "params", "trainable", "macs", "flops"];

/** The list as text in lines of a width, Markdown, CSV or JSON, with a line break at its end. */
export function printedZoo(
  entries: readonly ZooEntry[],
  { format, width }: Required<Pick<SummaryArguments, "format" | "width">>,
): string {
  const rows = entries.map(valuesOf);
  const printers = {
    text: () => `${zooTable(entries, width)}\n`,
    markdown: () => markdownTable(KEYS, rows, (i) => i < 3),
    csv: () => [KEYS, ...rows].map((row) => `${row.join(",")}\n`).join(""),
    json: () => `${JSON.stringify(entries, undefined, 2)}\n`,
  };
  return printers[format]();
}

const INPUT = 1;
const HEADER = ["network", "input", "depth", "trainable", "MACs"];
const ALIGN = ["left", "left", "right", "right", "right"] as const;

/** To the last digit where there is room for it, else in short, and without the inputs if need be. */
function zooTable(entries: readonly ZooEntry[], width: number): string {
  const cells = (written: (value: number) => string) =>
    entries.map(({ net, input, depth, params, macs }) => [
      net,
      showShape(input),
      `${depth}`,
      written(params.trainable),
      written(macs),
    ]);
  const whole = table(cells(count), { header: HEADER, align: ALIGN });
  if (widthOf(whole) <= width) return whole;
  const inShort = table(cells(short), { header: HEADER, align: ALIGN });
  if (widthOf(inShort) <= width) return inShort;
  const rows = cells(short).map((row) => row.toSpliced(INPUT, 1));
  return table(rows, { header: HEADER.toSpliced(INPUT, 1), align: ALIGN.toSpliced(INPUT, 1) });
}

function widthOf(table: string): number {
  return Math.max(...table.split("\n").map(({ length }) => length));
}

function valuesOf({ net, input, output, depth, params, macs, flops }: ZooEntry): readonly string[] {
  const counts = [depth, params.total, params.trainable, macs, flops];
  return [net, input.join("x"), output.join("x"), ...counts.map(String)];
}
