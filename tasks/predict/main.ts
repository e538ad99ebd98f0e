/**
 * `deno task predict RUN IMAGE...`: what a run's network sees in picture files of any size.
 */
import { printable } from "../../dsl/problem/escape.ts";
import { orThrow } from "../fp.ts";
import { engineChoice } from "../cli/engine_options.ts";
import { runCommand } from "../cli/arguments.ts";
import type { Given } from "../cli/command.ts";
import { predictCommand } from "./options.ts";
import { languageModule } from "../networks/module.ts";
import { percent } from "../terminal/format.ts";
import { table } from "../terminal/table.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";
import { predict, type Prediction } from "../training/predict.ts";

/** The length of a bar that stands for certainty. */
const BAR = 30;

if (import.meta.main) await runCommand(predictCommand, ({ run }) => `predict with ${run}`, main);

async function main(given: Given<typeof predictCommand>): Promise<void> {
  const { run, images, format, weights = "best" } = given;
  const onWarning = (text: string) => standardError().write(`note: ${printable(text)}\n`);
  const using = orThrow(await languageModule(given));
  const options = { weights, ...engineChoice(given), ...using, onWarning };
  const predicted = orThrow(await predict(run, images, options));
  const shown = format === "json"
    ? JSON.stringify(predicted.map(({ path, guesses }) => ({ path, guesses })), undefined, 2)
    : predicted.map(predictionText).join("\n\n");
  standardOutput().write(`${shown}\n`);
}

function predictionText({ path, guesses }: Prediction): string {
  const rows = guesses.map(({ name, probability }) => [
    `  ${name}`,
    percent(probability),
    "=".repeat(Math.round(probability * BAR)),
  ]);
  return `${printable(path)}\n${table(rows, { align: ["left", "right", "left"] })}`;
}
