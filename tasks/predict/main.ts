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
import { withEngine } from "../training/engine.ts";
import { runPath } from "../training/pretrained.ts";
import { predict, type Prediction } from "../training/predict.ts";
import { namedPictures } from "./pictures.ts";
import { csvHeader, predictionCsv, predictionText } from "./view.ts";

export const run: Run = runner(predictCommand, ({ run }) => `predict with ${run}`, main);

/** The pictures that are in memory at a time. */
const AT_ONCE = 128;

async function main(given: Given<typeof predictCommand>): Promise<void> {
  const { run, images, format = "text", weights = "best" } = given;
  const { paths, others } = orThrow(await namedPictures(images));
  const { show, clear, onWarning } = dataStatus();
  if (others > 0) onWarning(`${others} files that are not called pictures are left out`);
  const using = orThrow(await languageModule(given));
  const output = standardOutput();
  // A pretrained network may have to be fetched, for which Deno asks before any work.
  const folder = orThrow(await runPath(run));
  show("loading the run and its engine");
  const all: Prediction[] = [];
  await withEngine({ ...engineChoice(given), onWarning }, async (engine) => {
    for (let at = 0; at < paths.length; at += AT_ONCE) {
      const some = paths.slice(at, at + AT_ONCE);
      if (at > 0) show(`${count(at)} of ${count(paths.length)} images`);
      const found = orThrow(await predict(folder, some, { weights, engine, ...using }));
      clear();
      if (format === "json") all.push(...found);
      else if (format === "csv") {
        const header = at === 0 ? csvHeader(found[0]?.guesses.length ?? 0) : "";
        output.write(header + found.map(predictionCsv).join(""));
      } else output.write((at === 0 ? "" : "\n") + found.map(predictionText).join("\n"));
    }
  });
  if (format !== "json") return;
  const shown = all.map(({ path, guesses }) => ({ path, guesses }));
  output.write(`${JSON.stringify(shown, undefined, 2)}\n`);
}
