/** The network in a file of JSON, in netfold's own language or in that of a module of the user's. */
import type { Using } from "../../dsl/plan/language.ts";
import { left, type Result, right } from "../../dsl/problem/result.ts";
import { fromJSON } from "../../layers/bound/plan.ts";
import { readText } from "../files/atomic.ts";
import { type FoundNetwork, languageModule } from "./module.ts";

/** What another language may know. */
const UNKNOWN: readonly string[] = ["unknown-layer", "unknown-merge"];

/** Reads a network. Needs `--allow-read` for the file, and what the module of the language needs. */
export async function jsonNetwork(
  path: string,
  language: string | undefined,
): Promise<Result<FoundNetwork>> {
  const text = await readText(path);
  if (text._tag === "Left") return text;
  const using: Result<Using> = language === undefined
    ? right({})
    : await languageModule({ language });
  if (using._tag === "Left") return using;
  const net = fromJSON(text.right, using.right);
  if (net._tag === "Right") return right({ net: net.right, ...using.right });
  return left(net.left.map((problem) => ({
    ...problem,
    ...(UNKNOWN.includes(problem.code) && !problem.hint.startsWith("did you mean")
      ? { hint: "give the language in which it is written: --language FILE" }
      : {}),
    path: problem.path === "" ? path : `${path}: ${problem.path}`,
  })));
}
