/** What `deno task summary` can be asked. */
import { levels, oneOf, shape, whole } from "./reader.ts";
import type { Values } from "./scan.ts";

/** The options of the task. */
export const SUMMARY_READERS = {
  input: shape(),
  classes: whole(1),
  format: oneOf(["text", "json"], "FORMAT"),
  depth: levels(),
};

/** The arguments of the task. */
export interface SummaryArguments {
  /** The network's name or file, when one is given. */
  readonly net: string | undefined;
  /** The options that are given. */
  readonly options: Values<typeof SUMMARY_READERS>;
}
