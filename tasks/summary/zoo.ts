/** The list of the zoo in every format of `deno task summary`. */
import type { SummaryArguments } from "./readers.ts";
import { markdownTable } from "../../dsl/problem/markdown.ts";
import { type ZooEntry, zooTable } from "../networks/zoo_list.ts";

type Format = NonNullable<SummaryArguments["options"]["format"]>;

const KEYS = ["network", "input", "output", "depth", "params", "trainable", "macs", "flops"];

/** The list as text, Markdown, CSV or JSON, with a line break at its end. */
export function printedZoo(entries: readonly ZooEntry[], format: Format): string {
  switch (format) {
    case "text":
      return `${zooTable(entries)}\n`;
    case "markdown":
      return markdownTable(KEYS, entries.map(valuesOf), (i) => i < 3);
    case "csv":
      return [KEYS, ...entries.map(valuesOf)].map((row) => `${row.join(",")}\n`).join("");
    case "json":
      return `${JSON.stringify(entries, undefined, 2)}\n`;
  }
}

function valuesOf({ net, input, output, depth, params, macs, flops }: ZooEntry): readonly string[] {
  const counts = [depth, params.total, params.trainable, macs, flops];
  return [net, input.join("x"), output.join("x"), ...counts.map(String)];
}
