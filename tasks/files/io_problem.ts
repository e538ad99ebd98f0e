/**
 * Failures of the file system as problems: what was tried, on which path, what stood in its way,
 * and what to do. Deno's own errors and the system's error codes come in; text for people goes out.
 */
import { shellWord } from "../../dsl/problem/escape.ts";
import { dirname } from "@std/path";
import type { Problem } from "../fp.ts";

/** What was tried: with a file, `read` or `write`; with a folder, `list` or `make`. */
export type FileAction = "read" | "write" | "list" | "make";

type Words = Omit<Problem, "path" | "layer">;

const NOT_FOUND = "not-found";

/**
 * The problem behind an error that Deno's file functions threw.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ioProblem } from "./io_problem.ts";
 *
 * const problem = ioProblem(new Deno.errors.NotFound(), "runs/a/config.json", "read");
 * assertEquals(problem.rule, "the file must exist");
 * ```
 *
 * @throws The error itself when it is a programmer's (a `TypeError` or a `RangeError`).
 */
export function ioProblem(error: unknown, path: string, action: FileAction): Problem {
  if (!IN_DENO) return needsDeno(path);
  if (path.includes("\0")) return withNul(path);
  if (error instanceof TypeError || error instanceof RangeError) throw error;
  const layer = isFolder(action) ? "folder" : "file";
  return { path, layer, ...words(error, path, action) };
}

/** Whether there are files to read and write: elsewhere than in Deno netfold works in memory. */
export const IN_DENO: boolean = "Deno" in globalThis;

/** That something needs files where there is no Deno. */
export function needsDeno(path: string): Problem {
  return {
    path,
    layer: "file",
    code: "needs-deno",
    rule: "netfold reads and writes files in Deno",
    got: "another runtime",
    wanted: "Deno, or work in memory",
    hint: "run this with deno; elsewhere fit() trains on images in arrays, and predict() takes " +
      "what it gives",
  };
}

/** That no system has files of such a name. */
function withNul(path: string): Problem {
  return {
    path: JSON.stringify(path),
    layer: "file",
    code: "invalid-path",
    rule: "a path holds no NUL character",
    got: JSON.stringify(path),
    wanted: "the path of a file or a folder",
    hint: "correct the path",
  };
}

/** The message of whatever was thrown, in one line. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim().replace(/[:;]$/, "").replaceAll(/\s*\n\s*/g, "; ");
}

/** Whether a problem is that the file that was read, or the folder that was listed, does not exist. */
export function isMissing({ code }: Problem): boolean {
  return code === NOT_FOUND;
}

function words(error: unknown, path: string, action: FileAction): Words {
  const thing = isFolder(action) ? "folder" : "file";
  if (error instanceof Deno.errors.NotCapable) {
    return notAllowed(path, action, thing);
  }
  switch (codeOf(error)) {
    case "ENOENT":
      return missing(path, action, thing);
    case "EACCES":
    case "EPERM":
      return {
        code: "permission-denied",
        rule: `the system must let this user ${action} the ${thing}`,
        got: "permission denied",
        wanted: `a ${thing} that this user may ${action}`,
        hint: "change the permissions of the file and its folder, or choose another path",
      };
    case "EROFS":
      return {
        code: "read-only",
        rule: "the file system must be writable",
        got: "a read-only file system",
        wanted: "a folder that can be written",
        hint: "choose another folder",
      };
    case "ENOSPC":
    case "EDQUOT":
      return {
        code: "disk-full",
        rule: "the disk must have room",
        got: codeOf(error) === "ENOSPC" ? "no space left" : "the quota is used",
        wanted: "enough free space for the new file beside the old one",
        hint: "free some space, or choose a folder on another disk",
      };
    case "EISDIR":
      return {
        code: "not-a-file",
        rule: "the path must be a file",
        got: "a folder",
        wanted: "a file",
        hint: "name a file inside the folder",
      };
    case "ENOTDIR":
      return {
        code: "not-a-folder",
        rule: "the path must run through folders",
        got: "a file where a folder is needed",
        wanted: `a folder at ${JSON.stringify(action === "list" ? path : dirname(path))}`,
        hint: "correct the path",
      };
    case "ELOOP":
      return {
        code: "link-loop",
        rule: "links must lead somewhere",
        got: "a link that leads back to itself",
        wanted: `a ${thing}, or a link to one`,
        hint: "remove the link, or point it at what it is meant for",
      };
    case "ENAMETOOLONG":
      return {
        code: "name-too-long",
        rule: "a name must not be longer than the file system allows",
        got: `a path of ${path.length} characters`,
        wanted: "names of at most 255 bytes",
        hint: "use a shorter name",
      };
    case "EEXIST":
      return {
        code: "already-exists",
        rule: "nothing may stand at the path yet",
        got: `something exists at ${JSON.stringify(path)}`,
        wanted: "a path that is free",
        hint: "choose another path",
      };
    default:
      return {
        code: "io-failed",
        rule: `the ${thing} must let itself be ${PAST[action]}`,
        got: messageOf(error),
        wanted: "no error from the system",
        hint: "look into what the system reports",
      };
  }
}

const PAST: Readonly<Record<FileAction, string>> = {
  read: "read",
  write: "written",
  list: "listed",
  make: "made",
};

const classes = (): readonly (readonly [new () => Error, string])[] => [
  [Deno.errors.NotFound, "ENOENT"],
  [Deno.errors.PermissionDenied, "EACCES"],
  [Deno.errors.IsADirectory, "EISDIR"],
  [Deno.errors.NotADirectory, "ENOTDIR"],
  [Deno.errors.AlreadyExists, "EEXIST"],
  [Deno.errors.FilesystemLoop, "ELOOP"],
];

/** The system's code of an error, such as `ENOENT`; empty when it has none. */
function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return error.code;
  }
  return classes().find(([type]) => error instanceof type)?.[1] ?? "";
}

function isFolder(action: FileAction): boolean {
  return action === "list" || action === "make";
}

function notAllowed(path: string, action: FileAction, thing: string): Words {
  const name = action === "read" || action === "list" ? "read" : "write";
  // A file is replaced by way of a temporary one beside it, so the folder is what must be writable.
  const scope = action === "write" ? dirname(path) : path;
  const flag = `--allow-${name}=${scope}`;
  if (Deno.permissions.querySync({ name, path }).state === "denied") {
    return {
      code: "not-allowed",
      rule: `the task may not ${action} this ${thing}`,
      got: "a path that it is denied",
      wanted: "a path of your own",
      hint: "choose another path",
    };
  }
  return {
    code: "not-allowed",
    rule: `Deno must be allowed to ${action} the ${thing}`,
    got: `no ${name} access to it`,
    wanted: flag,
    hint: `run again with ${shellWord(flag)}`,
  };
}

/** What stands in a name in the place of bytes that are not UTF-8. */
const REPLACED = "\ufffd";

function missing(path: string, action: FileAction, thing: string): Words {
  if (path.includes(REPLACED)) {
    return {
      code: "name-not-utf8",
      rule: "a name must be UTF-8",
      got: "bytes that are not",
      wanted: "a name in UTF-8",
      hint: "rename it",
    };
  }
  if (action === "read" || action === "list") {
    return {
      code: NOT_FOUND,
      rule: `the ${thing} must exist`,
      got: "nothing at that path",
      wanted: `a ${thing}`,
      hint: "check the spelling of the path",
    };
  }
  const folder = dirname(path);
  return {
    code: "no-folder",
    rule: "the folder above it must exist",
    got: `no folder at ${JSON.stringify(folder)}`,
    wanted: "a folder",
    hint: `create it first: mkdir -p ${shellWord(folder)}`,
  };
}
