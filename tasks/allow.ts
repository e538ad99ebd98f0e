/** How a command comes to a permission that it was not started with. */
import { shellWord } from "../dsl/problem/escape.ts";
import type { Problem } from "../dsl/problem/problem.ts";
import { PROGRAM } from "./program_name.ts";

/** What gives a command the permission of a flag, where it is run. */
export function allowHint(flag: string): string {
  const [name, path] = flag.split("=", 2);
  const otherwise = PROGRAM === "netfold"
    ? `or start netfold with ${shellWord(flag)}, or install it so`
    : name === "--allow-write" && path !== undefined
    ? `or name the folder before it: NETFOLD_WRITE=${shellWord(path)} ${PROGRAM} ...`
    : `or run tasks/cli/main.ts yourself: deno run ${shellWord(flag)} ...`;
  return `run it in a terminal, where Deno asks, ${otherwise}`;
}

/** The problem, with a hint that a command can follow: a script is given a flag, a command may not be. */
export function advised(problem: Problem): Problem {
  const { code, wanted } = problem;
  return code === "not-allowed" && wanted.startsWith("--allow-")
    ? { ...problem, hint: allowHint(wanted) }
    : problem;
}
