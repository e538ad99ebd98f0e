/**
 * `deno task import NET FILE`: weights that PyTorch trained elsewhere, from a
 * state dict, as a run that other tasks take.
 */
import { type Result, right } from "../../dsl/problem/result.ts";
import { EXIT } from "../cli/exit.ts";
import { parseImportArguments } from "./options.ts";
import { chosenNetwork, titleOf } from "../networks/networks.ts";
import { reportProblems, runTask } from "../cli/task.ts";
import { nextRunFolder, type RunFolder } from "../files/run_folder.ts";
import { importRun } from "./run.ts";
import { standardOutput } from "../terminal/terminal.ts";

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const given = parseImportArguments(args);
  const made = await make(given);
  if (made._tag === "Left") {
    reportProblems(`cannot import ${given.file}`, made.left);
    return EXIT.failed;
  }
  const { folder } = made.right;
  standardOutput().write([
    `${folder} holds the weights of ${given.file}`,
    "",
    "next",
    `  deno task predict ${folder} IMAGE.png`,
    ...(given.data === undefined ? [] : [`  deno task evaluate ${folder}`]),
    "",
  ].join("\n"));
  return EXIT.done;
}

async function make(
  { net, input, classes, ...given }: ReturnType<typeof parseImportArguments>,
): Promise<Result<RunFolder>> {
  const name = titleOf(net);
  const found = await chosenNetwork(net, {
    ...(input === undefined ? {} : { input }),
    ...(classes === undefined ? {} : { classes }),
  });
  if (found._tag === "Left") return found;
  const out = given.out === undefined ? await nextRunFolder("runs", name) : right(given.out);
  if (out._tag === "Left") return out;
  const python = Deno.env.get("NETFOLD_PYTHON");
  return await importRun({
    ...given,
    name,
    net: found.right.net,
    input: found.right.input,
    out: out.right,
    python,
  });
}
