/**
 * `deno task evaluate RUN`: what a run's weights reach on a split of its data
 * set, class by class, with the confusion matrix as text and as a picture, and the
 * worst mistakes as pictures. Pictures and scores are kept in the run's folder.
 */
import { defined } from "../../dsl/problem/defined.ts";
import { printable } from "../../dsl/problem/escape.ts";
import { join } from "@std/path";
import { orThrow } from "../fp.ts";
import { engineChoice } from "../cli/engine_options.ts";
import { confusedOf } from "./confused.ts";
import { evaluateCommand } from "./options.ts";
import { mistakesSheet } from "./mistakes.ts";
import { keptName, type KeptOf } from "./kept_name.ts";
import { evaluationJson, evaluationText, matrixOf, scoresOf } from "./view.ts";
import { type Run, runner } from "../cli/arguments.ts";
import type { Given } from "../cli/command.ts";
import { dataStatus, noteBroken } from "../terminal/data_status.ts";
import { languageModule } from "../networks/module.ts";
import { folderFor } from "../networks/pretrained.ts";
import { makeFolder, writeAtomic } from "../files/atomic.ts";
import { confusionSvg } from "../charts/confusion_chart.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";
import { evaluateShown } from "../training/evaluate.ts";

export const run: Run = runner(evaluateCommand, ({ run }) => `evaluate ${run}`, main);

async function main(given: Given<typeof evaluateCommand>): Promise<void> {
  const { run, data, otherClasses, format, views } = given;
  const { split = "test", crops = "1", weights = "best" } = given;
  const using = orThrow(await languageModule(given));
  const { clear, show, ...status } = dataStatus();
  show("loading the run, its engine and the images");
  const measured = await evaluateShown(run, {
    split,
    weights,
    tenCrops: crops === "10",
    ...defined({ views, otherClasses }),
    dataset: data,
    ...engineChoice(given),
    ...using,
    ...status,
  });
  clear();
  const evaluation = { ...orThrow(measured), split, weights, ...defined({ views }) };
  noteBroken(evaluation.broken ?? [], standardError());
  const output = standardOutput();
  const text = format === "json"
    ? JSON.stringify(evaluationJson(evaluation), undefined, 2)
    : evaluationText(evaluation, output.columns());
  output.write(`${text}\n`);
  const { out: folder = folderFor(run) } = given;
  orThrow(await makeFolder(folder)());
  const write = async (of: KeptOf, text: string, what: string): Promise<void> => {
    const path = join(folder, keptName(of, given));
    orThrow(await writeAtomic(path, text));
    if (format !== "json") output.write(`${what}: ${printable(path)}\n`);
  };
  const svg = orThrow(await confusionSvg(matrixOf(evaluation), evaluation.classes));
  await write("confusion", svg, "\nthe matrix as a picture");
  await write("mistakes", orThrow(await mistakesSheet(evaluation)), "the worst mistakes");
  await write("classes", `${JSON.stringify(scoresOf(evaluation))}\n`, "the scores of each class");
  const confused = `${JSON.stringify(orThrow(await confusedOf(evaluation)))}\n`;
  await write("confused", confused, "what was taken for what, with pictures");
}
