/** What `deno task diff` can be asked. */
import { oneOf, shape, whole } from "../cli/reader.ts";
import type { Values } from "../cli/scan.ts";

/** The options of the task. */
export const DIFF_READERS = {
  input: shape(),
  classes: whole(1),
  format: oneOf(["text", "json"], "FORMAT"),
};

/** The arguments of the task. */
export interface DiffArguments {
  /** The first network's name or file. */
  readonly before: string;
  /** The second's. */
  readonly after: string;
  /** The options that are given. */
  readonly options: Values<typeof DIFF_READERS>;
}
