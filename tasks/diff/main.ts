/**
 * `deno task diff A B`: what differs between two networks, for people or as
 * JSON. As with `diff`, the exit code is 0 when nothing does, 1 when something
 * does, and 2 or more when something went wrong.
 */
import { diff } from "../../dsl/interpreters/diff/diff.ts";
import { renderDiff } from "../../dsl/interpreters/diff/text.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { argumentsOf, type Run } from "../cli/arguments.ts";
import { EXIT } from "../cli/exit.ts";
import { codeOf, reportProblems } from "../cli/task.ts";
import { isJsonFile, plannedNetwork } from "../networks/networks.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";
import { diffCommand } from "./options.ts";

const DIFFERENT = 1;
const TROUBLE = 2;

/** What goes wrong on the way must not look like a difference. */
export const run: Run = async (args) => {
  try {
    return await main(args);
  } catch (error) {
    const code = codeOf(error, standardError());
    return code === EXIT.failed ? TROUBLE : code;
  }
};

async function main(args: readonly string[]): Promise<number> {
  const given = await argumentsOf(diffCommand, args);
  const { before, after, format = "text", input, classes, language } = given;
  const options = defined({ input, classes });
  const isForAll = ![before, after].some(isJsonFile);
  const plannedOf = (name: string) =>
    plannedNetwork(name, {
      ...options,
      ...(isForAll || isJsonFile(name) ? defined({ language }) : {}),
    });
  const [a, b] = [await plannedOf(before), await plannedOf(after)];
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
