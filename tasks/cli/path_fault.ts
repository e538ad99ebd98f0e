/** Names of files that a command line gives, and that cannot mean what they look like. */

/** `~` at the beginning of a path, also of one behind `folder:` or `=`. */
const TILDE = /(?:^|[:=,])~(?:[^/\\:=,]*[/\\]|$)/;

/** What stands in the place of bytes that are not UTF-8. */
const REPLACED = "\ufffd";

/**
 * Why a path cannot be meant so, and what to write instead; nothing when it can.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { pathFault } from "./path_fault.ts";
 *
 * assertStringIncludes(pathFault("~/runs/a") ?? "", "write the whole path");
 * ```
 */
export function pathFault(path: string): string | undefined {
  if (path.includes(REPLACED)) return "the name is not UTF-8; rename the file";
  return TILDE.test(path)
    ? "the shell has left ~ as it is; write the whole path, or ./~ for what is called so here"
    : undefined;
}
