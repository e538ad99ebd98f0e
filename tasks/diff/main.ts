/**
 * `deno task diff A B`: what differs between two networks, for people or as
 * JSON. As with `diff`, the exit code is 0 when nothing does, 1 when something
 * does, and 2 or more when something went wrong.
 */
import { diff } from "../../dsl/interpreters/diff/diff.ts";
import { renderDiff } from "../../dsl/interpreters/diff/text.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { plan } from "../../layers/bound/plan.ts";
import type { Result } from "../../dsl/problem/result.ts";
import type { ZooOptions } from "../../nets/zoo.ts";
import { DIFF_READERS, type DiffArguments } from "./readers.ts";
import { EXIT } from "../cli/exit.ts";
import { chosenNetwork } from "../networks/networks.ts";
import { scan } from "../cli/scan.ts";
import { codeOf, reportProblems, runTask } from "../cli/task.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";

const DIFFERENT = 1;
const TROUBLE = 2;

if (import.meta.main) await runTask(() => guarded(Deno.args));

/** What goes wrong on the way must not look like a difference. */
async function guarded(args: readonly string[]): Promise<number> {
  try {
    return await main(args);
  } catch (error) {
    const code = codeOf(error, standardError());
    return code === EXIT.failed ? TROUBLE : code;
  }
}

async function main(args: readonly string[]): Promise<number> {
  const { before, after, options } = await argumentsOf(args);
  const { input, classes, format = "text" } = options;
  const chosen = {
    ...(input === undefined ? {} : { input }),
    ...(classes === undefined ? {} : { classes }),
  };
  const [a, b] = [await planned(before, chosen), await planned(after, chosen)];
  if (a._tag === "Left" || b._tag === "Left") {
    if (a._tag === "Left") reportProblems(`cannot compare ${before}`, a.left);
    if (b._tag === "Left") reportProblems(`cannot compare ${after}`, b.left);
    return TROUBLE;
  }
  const found = diff(a.right, b.right);
  const text = format === "json"
    ? `${JSON.stringify({ names: { before, after }, ...found }, undefined, 2)}\n`
    : renderDiff(found, { names: { before, after } });
  standardOutput().write(text);
  return found.equal ? EXIT.done : DIFFERENT;
}

async function planned(name: string, options: ZooOptions): Promise<Result<Plan>> {
  const found = await chosenNetwork(name, options);
  return found._tag === "Left" ? found : plan(found.right.net, found.right.input);
}

async function argumentsOf(args: readonly string[]): Promise<DiffArguments> {
  const plain = scan(args, DIFF_READERS);
  const [before, after, ...others] = plain?.words ?? [];
  if (
    plain !== undefined && before !== undefined && after !== undefined && others.length === 0
  ) return { before, after, options: plain.options };
  const { parseDiffArguments } = await import("./options.ts");
  return parseDiffArguments(args);
}
