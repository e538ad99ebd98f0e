/**
 * `netfold predict RUN IMAGE...`: what a run's network sees in picture files of any size, and in
 * folders of them.
 */
import { orThrow } from "../fp.ts";
import { engineChoice } from "../cli/engine_options.ts";
import { type Run, runner } from "../cli/arguments.ts";
import type { Given } from "../cli/command.ts";
import { predictCommand } from "./options.ts";
import { languageModule } from "../networks/module.ts";
import { dataStatus } from "../terminal/data_status.ts";
import { count } from "../terminal/format.ts";
import { standardOutput } from "../terminal/terminal.ts";
import { runPath } from "../training/pretrained.ts";
import { predictInParts, type Prediction } from "../training/predict.ts";
import { namedPictures } from "./pictures.ts";
import { csvHeader, leftOut, predictionCsv, predictionText } from "./view.ts";

export const run: Run = runner(predictCommand, ({ run }) => `predict with ${run}`, main);

async function main(given: Given<typeof predictCommand>): Promise<void> {
  const { run, images, format = "text", weights = "best" } = given;
  const { paths, others } = orThrow(await namedPictures(images));
  const { show, clear, onWarning } = dataStatus();
  if (others > 0) onWarning(leftOut(others));
  const using = orThrow(await languageModule(given));
  const output = standardOutput();
  // A pretrained network may have to be fetched, for which Deno asks before any work.
  const folder = orThrow(await runPath(run));
  show("loading the run and its engine");
  const all: Prediction[] = [];
  let done = 0;
  const told = await predictInParts(folder, paths, {
    ...engineChoice(given),
    ...{ weights, onWarning, ...using },
    onPart: (found) => {
      clear();
      const isFirst = done === 0;
      done += found.length;
      if (format === "json") all.push(...found);
      else if (format === "csv") {
        const header = isFirst ? csvHeader(found[0]?.guesses.length ?? 0) : "";
        output.write(header + found.map(predictionCsv).join(""));
      } else output.write((isFirst ? "" : "\n") + found.map(predictionText).join("\n"));
      if (done < paths.length) show(`${count(done)} of ${count(paths.length)} images`);
    },
  });
  clear();
  orThrow(told);
  if (format !== "json") return;
  const shown = all.map(({ path, guesses }) => ({ path, guesses }));
  output.write(`${JSON.stringify(shown, undefined, 2)}\n`);
}
