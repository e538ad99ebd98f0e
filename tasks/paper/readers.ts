/** What `deno task paper` can be asked. */
import { oneOf } from "../cli/reader.ts";
import type { Values } from "../cli/scan.ts";

/** The options of the task. */
export const PAPER_READERS = {
  format: oneOf(["text", "json", "markdown"], "FORMAT"),
};

/** The options that are given. */
export type PaperOptions = Values<typeof PAPER_READERS>;
