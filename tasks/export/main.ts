/**
 * `deno task export NET|RUN --format onnx|torch`: a network for other programs,
 * with its weights when it comes from a run.
 */
import { join } from "@std/path";
import { type Result, right } from "../../dsl/problem/result.ts";
import { EXIT } from "../cli/exit.ts";
import { type ExportArguments, parseExportArguments } from "./options.ts";
import { chosenNetwork, titleOf } from "../networks/networks.ts";
import { reportProblems, runTask } from "../cli/task.ts";
import { exportOnnx } from "./onnx.ts";
import { isRun } from "./subject.ts";
import { projectOf, projectOfRun, type TorchProject, writeTorchProject } from "./torch.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const given = parseExportArguments(args);
  const written = given.format === "torch"
    ? await exportTorch(given)
    : await exportOnnx(given, (note) => standardError().write(`note: ${note}\n`));
  if (written._tag === "Left") {
    reportProblems(`cannot export ${given.source}`, written.left);
    return EXIT.failed;
  }
  standardOutput().write(`${written.right.join("\n")}\n`);
  return EXIT.done;
}

/** Writes a project for PyTorch; gives what to say of it. */
async function exportTorch(given: ExportArguments): Promise<Result<readonly string[]>> {
  const { source } = given;
  const folder = given.out ?? `${titleOf(source).replaceAll("/", "-")}-torch`;
  const project = await isRun(source) ? await projectOfRun(source) : await fromNetwork(given);
  if (project._tag === "Left") return project;
  const written = await writeTorchProject(folder, project.right);
  if (written._tag === "Left") return written;
  return right([
    `${folder} holds ${written.right.join(", ")}`,
    "",
    "next",
    `  python ${join(folder, "train.py")}`,
  ]);
}

async function fromNetwork(
  { source, input, classes }: ExportArguments,
): Promise<Result<TorchProject>> {
  const found = await chosenNetwork(source, {
    ...(input === undefined ? {} : { input }),
    ...(classes === undefined ? {} : { classes }),
  });
  if (found._tag === "Left") return found;
  return right(projectOf(titleOf(source), found.right.net, found.right.input));
}
