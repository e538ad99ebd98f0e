/** Networks of the zoo as a list, each with its counts, in every format of `deno task summary`. */
import { summarize, type Summary } from "../../dsl/interpreters/summary/summary.ts";
import { showShape } from "../../dsl/net/shape.ts";
import { plan } from "../../layers/bound/plan.ts";
import { markdownTable } from "../../dsl/problem/markdown.ts";
import { type Result, right } from "../../dsl/problem/result.ts";
import { network, type ZooOptions } from "../../nets/zoo.ts";
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

/** The list as text, Markdown, CSV or JSON, with a line break at its end. */
export function printedZoo(
  entries: readonly ZooEntry[],
  format: NonNullable<SummaryArguments["format"]>,
): string {
  const rows = entries.map(valuesOf);
  const printers = {
    text: () => `${zooTable(entries)}\n`,
    markdown: () => markdownTable(KEYS, rows, (i) => i < 3),
    csv: () => [KEYS, ...rows].map((row) => `${row.join(",")}\n`).join(""),
    json: () => `${JSON.stringify(entries, undefined, 2)}\n`,
  };
  return printers[format]();
}

function zooTable(entries: readonly ZooEntry[]): string {
  const rows = entries.map(({ net, input, depth, params, macs }) => [
    net,
    showShape(input),
    `${depth}`,
    count(params.trainable),
    count(macs),
  ]);
  const header = ["network", "input", "depth", "trainable", "MACs"];
  return table(rows, { header, align: ["left", "left", "right", "right", "right"] });
}

function valuesOf({ net, input, output, depth, params, macs, flops }: ZooEntry): readonly string[] {
  const counts = [depth, params.total, params.trainable, macs, flops];
  return [net, input.join("x"), output.join("x"), ...counts.map(String)];
}
