/**
 * `deno task export NET|RUN --format onnx|torch`: a network for other programs,
 * with its weights when it comes from a run.
 */
import { join } from "@std/path";
import { pipe } from "fp-ts/function.js";
import * as TE from "fp-ts/TaskEither.js";
import { argumentsOf } from "../cli/arguments.ts";
import { EXIT } from "../cli/exit.ts";
import { cannot, runTask } from "../cli/task.ts";
import { pick } from "../cli/term.ts";
import type { TaskResult } from "../fp.ts";
import { chosenNetwork, titleOf } from "../networks/networks.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";
import { exportOnnx } from "./onnx.ts";
import { type ExportArguments, exportCommand } from "./options.ts";
import { isRun } from "./subject.ts";
import { projectOf, projectOfRun, type TorchProject, writeTorchProject } from "./torch.ts";

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const given = await argumentsOf(exportCommand, args);
  const written = given.format === "torch"
    ? await exportTorch(given)()
    : await exportOnnx(given, (note) => standardError().write(`note: ${note}\n`));
  if (written._tag === "Left") return cannot(`export ${given.source}`, written.left);
  standardOutput().write(`${written.right.join("\n")}\n`);
  return EXIT.done;
}

/** Writes a project for PyTorch; gives what to say of it. */
function exportTorch(given: ExportArguments): TaskResult<readonly string[]> {
  const folder = given.out ?? `${titleOf(given.source).replaceAll("/", "-")}-torch`;
  return pipe(
    projectFrom(given),
    TE.flatMap((project) => () => writeTorchProject(folder, project)),
    TE.map((files) => [
      `${folder} holds ${files.join(", ")}`,
      "",
      "next",
      `  python ${join(folder, "train.py")}`,
    ]),
  );
}

function projectFrom(given: ExportArguments): TaskResult<TorchProject> {
  const { source } = given;
  return async () =>
    await isRun(source) ? await projectOfRun(source) : await pipe(
      () => chosenNetwork(source, pick(given, ["input", "classes"])),
      TE.map(({ net, input }) => projectOf(titleOf(source), net, input)),
    )();
}
