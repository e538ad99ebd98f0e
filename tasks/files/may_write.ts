/** Permission to write a folder, asked for once and before any work. */
import { fail, problemAt, type Result, right } from "../fp.ts";
import { IN_DENO, needsDeno } from "./io_problem.ts";
import { shellWord } from "../../dsl/problem/escape.ts";

/**
 * Makes sure that a folder may be written: on a terminal Deno asks whoever sits there. What is denied
 * from the start is left to the writing of each file, which says so.
 */
export async function mayWrite(path: string): Promise<Result<void>> {
  if (!IN_DENO) return fail(needsDeno(path));
  const permission = { name: "write", path } as const;
  const { state: before } = await Deno.permissions.query(permission);
  if (before !== "prompt") return right(undefined);
  const { state } = await Deno.permissions.request(permission);
  if (state === "granted") return right(undefined);
  const flag = `--allow-write=${path}`;
  return fail(problemAt({ path, layer: "folder", code: "not-allowed" }, {
    rule: "Deno must be allowed to write the folder",
    got: "no write access to it",
    wanted: flag,
    hint: `run again with ${shellWord(flag)}`,
  }));
}
