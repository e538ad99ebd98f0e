/**
 * Errors of the file system as problems: what Deno throws when a file is
 * missing, forbidden by the system, or outside the permissions of the process.
 */
import type { Problem } from "../../dsl/problem/problem.ts";

/** What was attempted. */
export type Access = "read" | "write";

/** The message of whatever was thrown, in one line. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().replace(/[:;]$/, "").replaceAll(/\s*\n\s*/g, "; ");
}

/** True for Deno's "requires --allow-..." error. */
export function isNotCapable(error: unknown): boolean {
  return error instanceof Deno.errors.NotCapable;
}

/** The problem behind an error that a file operation threw. */
export function fileProblem(
  path: string,
  access: Access,
  error: unknown,
): Problem {
  const got = messageOf(error);
  const verb = access === "read" ? "read" : "written";
  if (error instanceof Deno.errors.NotFound) {
    return {
      path,
      layer: "file",
      code: "not-found",
      rule: "the file must exist",
      got: "no such file",
      wanted: "the path of a file",
      hint: "check the spelling and the current folder",
    };
  }
  if (isNotCapable(error)) {
    return {
      path,
      layer: "file",
      code: "not-allowed",
      rule: `the process must have permission to ${access} here`,
      got,
      wanted: `--allow-${access} for this path`,
      hint: `run deno with --allow-${access}="${path}"`,
    };
  }
  return {
    path,
    layer: "file",
    code: "io-failed",
    rule: `the file must be one that can be ${verb}`,
    got,
    wanted: `a file that the system lets this user ${access}`,
    hint: "",
  };
}
