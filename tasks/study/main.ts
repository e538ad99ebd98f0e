/**
 * `deno task study NAME`: redoes one of the paper's comparisons. Every arm and
 * seed is a run of its own under the study's folder; the same command resumes a
 * study that was stopped, and draws one that has ended again.
 */
import { printable } from "../../dsl/problem/escape.ts";
import { join } from "@std/path";
import { orThrow } from "../fp.ts";
import { engineChoice } from "../cli/engine_options.ts";
import { type Run, runner } from "../cli/arguments.ts";
import { EXIT } from "../cli/exit.ts";
import { statusLine } from "../terminal/status_line.ts";
import { type StudyArguments, studyCommand } from "./options.ts";
import { studyView } from "./view.ts";
import { publish } from "./publish.ts";
import { runStudy, type StudyRequest } from "./run_study.ts";
import type { ScaleName } from "./scale.ts";
import { study } from "./studies.ts";
import { STUDY_NAMES, type StudyName } from "./study.ts";
import { resultsText } from "./table.ts";
import { type Interrupt, INTERRUPT_NOTICE, onInterrupt } from "../terminal/interrupt.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";

export const run: Run = runner(studyCommand, ({ name }) => `run the study ${name}`, main);

async function main(given: StudyArguments): Promise<number> {
  const { name, data, scale = "tiny", seeds = 3, png = false } = given;
  const cifar100 = given.cifar100 && `cifar100:${given.cifar100}`;
  const asked = study(name, { scale, data, cifar100 });
  const folder = given.out ?? folderOf(name, scale);
  const others = STUDY_NAMES.map((other) => folderOf(other, scale))
    .filter((other) => other !== folder);
  const request = { study: asked, folder, seeds, others, ...engineChoice(given) };
  const ended = orThrow(await watched(given, request));
  const { results, files } = orThrow(await publish(asked, folder, { seeds, png }));
  const output = standardOutput();
  output.write(`${resultsText(results, output.columns())}\n\n${files.map(printable).join("\n")}\n`);
  if (ended === "finished") return EXIT.done;
  output.write("\nstopped; everything is saved. The same command resumes it.\n");
  return EXIT.interrupted;
}

function folderOf(name: StudyName, scale: ScaleName): string {
  return join("runs", "studies", `${name}-${scale}`);
}

/** Runs the study with someone watching, who may press Ctrl-C. */
async function watched(
  { saveEvery }: StudyArguments,
  request: StudyRequest,
): ReturnType<typeof runStudy> {
  const view = studyView(request.study, standardError());
  const status = statusLine(standardError());
  let interrupt: Interrupt | undefined;
  try {
    return await runStudy(request, {
      onNote: status.show,
      onWarning: status.note,
      onRun: (run, place) => {
        status.clear();
        interrupt ??= onInterrupt(() => view.note(INTERRUPT_NOTICE));
        view.onRun(run, place);
      },
      onStep: (event) => {
        status.clear();
        view.onStep(event);
      },
      onRunEnd: view.onRunEnd,
      onBroken: view.onBroken,
      interrupted: () => interrupt?.poll() ?? false,
      ...(saveEvery === undefined ? {} : { saveEvery }),
    });
  } finally {
    interrupt?.dispose();
    status.clear();
    view.clear();
  }
}
