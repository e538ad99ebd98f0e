/** How netfold's commands are called where this runs, for hints, help and examples. */
import { IS_BINARY } from "../dsl/problem/binary.ts";

/** Whether this is a file of a copy of the repository, whose tasks are there to be run. */
function isCopy(): boolean {
  const { protocol, pathname } = new URL(import.meta.url);
  return protocol === "file:" && !IS_BINARY && !pathname.includes("/node_modules/");
}

/** What stands before a command: `deno task` in a copy of the repository, `netfold` elsewhere. */
export const PROGRAM: string = isCopy() ? "deno task" : "netfold";
