/**
 * `deno task export NET|RUN --format onnx|tfjs|torch`: a network for other programs,
 * with its weights when it comes from a run.
 */
import { printable, shellWord } from "../../dsl/problem/escape.ts";
import { join } from "@std/path";
import { defined } from "../../dsl/problem/defined.ts";
import { type Run, runner } from "../cli/arguments.ts";
import type { Given } from "../cli/command.ts";
import { orThrow, pipe, type TaskResult, TE } from "../fp.ts";
import { languageModule } from "../networks/module.ts";
import { chosenNetwork, titleOf } from "../networks/networks.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";
import { exportOnnx, type OnnxTaskOptions } from "./onnx.ts";
import { exportCommand } from "./options.ts";
import { exportTfjs } from "./tfjs.ts";
import { isRun, refuseOfRun, type SubjectOptions } from "./subject.ts";
import { projectOf, projectOfRun, type TorchProject, writeTorchProject } from "./torch.ts";
import { stemOf } from "./words.ts";

export const run: Run = runner(exportCommand, ({ source }) => `export ${source}`, main);

async function main(given: Given<typeof exportCommand>): Promise<void> {
  const { language: module, ...rest } = given;
  const using = await isRun(given.source) ? orThrow(await languageModule(given)) : {};
  const subject = { ...rest, ...using, ...defined({ module }) };
  const note = (text: string) => standardError().write(`note: ${printable(text)}\n`);
  const written = given.format === "torch"
    ? await exportTorch(subject)()
    : given.format === "tfjs"
    ? await exportTfjs(subject, note)
    : await exportOnnx(subject, note);
  standardOutput().write(`${orThrow(written).join("\n")}\n`);
}

/** Writes a project for PyTorch; gives what to say of it. */
function exportTorch(given: OnnxTaskOptions): TaskResult<readonly string[]> {
  const folder = given.out ?? `${stemOf(titleOf(given.source))}-torch`;
  return pipe(
    projectFrom(given),
    TE.flatMap((project) => () => writeTorchProject(folder, project)),
    TE.map((files) => [
      printable(`${folder} holds ${files.join(", ")}`),
      "",
      "next",
      `  python ${shellWord(join(folder, "train.py"))}`,
    ]),
  );
}

function projectFrom(given: SubjectOptions): TaskResult<TorchProject> {
  const { source, input, classes, module } = given;
  return async () => {
    if (await isRun(source)) {
      refuseOfRun(given, ["input", "classes"]);
      return await projectOfRun(source, given);
    }
    return await pipe(
      () => chosenNetwork(source, defined({ input, classes, language: module })),
      TE.map((found) => projectOf(titleOf(source), found.net, found.input, found)),
    )();
  };
}
