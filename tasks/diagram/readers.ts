/** What `deno task diagram` can be asked. */
import { levels, oneOf, shape, text, whole } from "../cli/reader.ts";
import type { Values } from "../cli/scan.ts";

/** The options of the task. */
export const DIAGRAM_READERS = {
  input: shape(),
  classes: whole(1),
  format: oneOf(["mermaid", "dot", "svg"], "FORMAT"),
  depth: levels(),
  out: text("FILE", "a file's name"),
};

/** The arguments of the task. */
export interface DiagramArguments {
  /** The network's name or file. */
  readonly net: string;
  /** The options that are given. */
  readonly options: Values<typeof DIAGRAM_READERS>;
}
