/**
 * `deno task export NET|RUN --format torch --out DIR`: a network for another
 * framework, with its weights when it comes from a run.
 */
import { join } from "@std/path";
import { right } from "../dsl/result.ts";
import { EXIT } from "./cli/exit.ts";
import { parseExportArguments } from "./cli/export_options.ts";
import { chosenNetwork, titleOf } from "./cli/networks.ts";
import { reportProblems, runTask } from "./cli/task.ts";
import { projectOf, projectOfRun, writeTorchProject } from "./export/torch.ts";
import { standardOutput } from "./terminal/terminal.ts";

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const { source, out, input, classes } = parseExportArguments(args);
  const project = await isRun(source) ? await projectOfRun(source) : await fromNetwork(source, {
    ...(input === undefined ? {} : { input }),
    ...(classes === undefined ? {} : { classes }),
  });
  const written = project._tag === "Left" ? project : await writeTorchProject(out, project.right);
  if (written._tag === "Left") {
    reportProblems(`cannot export ${source}`, written.left);
    return EXIT.failed;
  }
  const output = standardOutput();
  output.write(
    `${out} holds ${written.right.join(", ")}\n\nnext\n  python ${join(out, "train.py")}\n`,
  );
  return EXIT.done;
}

async function fromNetwork(source: string, options: Parameters<typeof chosenNetwork>[1]) {
  const found = await chosenNetwork(source, options);
  if (found._tag === "Left") return found;
  const { net, input } = found.right;
  return right(projectOf(titleOf(source), net, input));
}

/** Whether a name is that of a run folder; a network's name may be that of a folder too. */
async function isRun(source: string): Promise<boolean> {
  try {
    return (await Deno.stat(join(source, "config.json"))).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
