/**
 * `deno task predict RUN IMAGE...`: what a run's network sees in PNG and JPEG
 * files of any size.
 */
import { argument, message, multiple, object } from "@optique/core";
import { parseArguments, valueOf } from "./cli/command_line.ts";
import { EXIT } from "./cli/exit.ts";
import {
  backendOption,
  formatOption,
  RUN_MISSING,
  runArgument,
  weightsOption,
} from "./cli/options.ts";
import { text } from "./cli/reader.ts";
import { reportProblems, runTask } from "./cli/task.ts";
import { percent } from "./terminal/format.ts";
import { table } from "./terminal/table.ts";
import { standardOutput } from "./terminal/terminal.ts";
import { predict, type Prediction } from "./training/evaluate.ts";

/** The length of a bar that stands for certainty. */
const BAR = 30;

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const { run, images, format, weights = "best", backend = "auto" } = parse(args);
  const predicted = await predict(run, images, { weights, backend });
  if (predicted._tag === "Left") {
    reportProblems(`cannot predict with ${run}`, predicted.left);
    return EXIT.failed;
  }
  const shown = format === "json"
    ? JSON.stringify(predicted.right, undefined, 2)
    : predicted.right.map(predictionText).join("\n\n");
  standardOutput().write(`${shown}\n`);
  return EXIT.done;
}

function parse(args: readonly string[]) {
  const image = argument(valueOf(text("IMAGE", "an image file")), {
    description: message`A PNG or JPEG file of any size.`,
  });
  const parser = object({
    run: runArgument(),
    images: multiple(image, {
      min: 1,
      errors: { tooFew: message`Images are missing: name a PNG or JPEG file after the run.` },
    }),
    weights: weightsOption(),
    backend: backendOption(),
    format: formatOption(),
  }, { errors: RUN_MISSING });
  const brief = message`Says what a run's network sees in images.`;
  return parseArguments(parser, { name: "predict", brief }, args);
}

function predictionText({ path, guesses }: Prediction): string {
  const rows = guesses.map(({ name, probability }) => [
    `  ${name}`,
    percent(probability),
    "=".repeat(Math.round(probability * BAR)),
  ]);
  return `${path}\n${table(rows, { align: ["left", "right", "left"] })}`;
}
