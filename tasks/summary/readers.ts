/** What `deno task summary` can be asked. */
import { CONVENTION_NAMES } from "../../dsl/interpreters/counts/convention.ts";
import { SUMMARY_COLUMNS, type SummaryColumn } from "../../dsl/interpreters/summary/columns.ts";
import { levels, oneOf, type Reader, shape, whole } from "../cli/reader.ts";
import type { Values } from "../cli/scan.ts";

/** The options of the task. */
export const SUMMARY_READERS = {
  input: shape(),
  classes: whole(1),
  format: oneOf(["text", "markdown", "csv", "json"], "FORMAT"),
  depth: levels(),
  columns: columnList(),
  convention: oneOf(CONVENTION_NAMES, "NAME"),
  batch: whole(1),
  width: whole(20),
};

/** The arguments of the task. */
export interface SummaryArguments {
  /** The network's name or file, when one is given. */
  readonly net: string | undefined;
  /** The options that are given. */
  readonly options: Values<typeof SUMMARY_READERS>;
}

/** Names of columns, with commas between them. */
function columnList(): Reader<readonly SummaryColumn[]> {
  const column = oneOf(SUMMARY_COLUMNS, "NAME");
  return {
    metavar: "NAMES",
    wanted: `names such as output,params,macs, each one of ${column.wanted}`,
    read: (text) => {
      const columns = text.split(",").map((name) => column.read(name.trim()));
      const known = columns.filter((name) => name !== undefined);
      return known.length === columns.length && new Set(known).size === known.length
        ? known
        : undefined;
    },
    show: (columns) => columns.join(","),
    example: ["output", "params", "macs"],
    words: SUMMARY_COLUMNS,
  };
}
