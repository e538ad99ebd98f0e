/** A training run as a section of a report. */
import { attempt, orThrow, type Result } from "../fp.ts";
import { readMetrics } from "../files/metrics.ts";
import { isMissing } from "../files/io_problem.ts";
import type { JsonObject } from "../files/json.ts";
import { classScores, confusionOf } from "../charts/confusion.ts";
import { confusionSvg } from "../charts/confusion_chart.ts";
import { count, duration, percent } from "../terminal/format.ts";
import { readBrokenFiles } from "../training/broken_files.ts";
import { evaluateShown } from "../training/evaluate.ts";
import { mistakesSheet } from "../evaluate/mistakes.ts";
import { recipeText } from "../training/recipe_text.ts";
import { enginesOf, type EpochRecord, epochsOf, testOf } from "../training/record.ts";
import { withoutChoice } from "../training/missing_weights.ts";
import { openNamedRun } from "../training/trained.ts";
import { folded, htmlTable, pairs, paragraph, picture, type Section } from "./html.ts";
import {
  curvesPart,
  masksPart,
  missing,
  networkPart,
  optionsPart,
  type PageOptions,
} from "./parts.ts";

/** A run's section: what it reached, its curves, confusions, masks, network and options. */
export function runSection(folder: string, options: PageOptions): Promise<Result<Section>> {
  return attempt(async () => {
    const { run, config } = orThrow(await openNamedRun(folder, options));
    const records = orThrow(await readMetrics(run));
    const epochs = epochsOf(records);
    const content = [
      pairs([
        ["network", config.name],
        ["data", config.data],
        ["recipe", recipeText(config.recipe)],
        ["engine", enginesOf(epochs).join("; ") || config.engine],
        ["folder", folder],
        ...reached(records),
        ["trained for", trainedFor(epochs)],
      ]),
      await curvesPart(run, config, config.name),
      await brokenPart(run.folder),
      options.measure ? await confusionPart(folder, options) : "",
      options.measure ? await masksPart(folder, config, options) : "",
      await networkPart(config),
      folded("Every epoch", epochTable(epochs)),
      optionsPart(config, epochs),
    ];
    return { title: `Run ${folder}`, content: content.filter((part) => part !== "").join("\n") };
  });
}

function reached(records: readonly JsonObject[]): readonly (readonly [string, string])[] {
  const test = testOf(records);
  if (test === undefined) return [["test", "not measured, the run has not ended"]];
  return [
    ["test accuracy", `${percent(test.top1)} of ${count(test.images)} images`],
    ["top-5", percent(test.top5)],
    ["test loss", test.loss.toFixed(4)],
  ];
}

function trainedFor(epochs: readonly EpochRecord[]): string {
  const seconds = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  return `${epochs.length} ${epochs.length === 1 ? "epoch" : "epochs"}, ${
    count(epochs.at(-1)?.step ?? 0)
  } steps, ${duration(seconds)}`;
}

function epochTable(epochs: readonly EpochRecord[]): string {
  const heldOut = ["held out loss", "held out accuracy"];
  const header = ["epoch", "loss", "accuracy", ...heldOut, "rate", "images/s"];
  return htmlTable(
    header,
    epochs.map((epoch) => [
      `${epoch.epoch}`,
      epoch.trainLoss.toFixed(4),
      percent(epoch.trainAccuracy),
      epoch.validationLoss?.toFixed(4) ?? "",
      epoch.validationAccuracy === undefined ? "" : percent(epoch.validationAccuracy),
      `${Number(epoch.rate.toPrecision(3))}`,
      count(epoch.imagesPerSecond),
    ]),
    [],
  );
}

async function brokenPart(folder: string): Promise<string> {
  const files = await readBrokenFiles(folder);
  if (files._tag === "Left") {
    return files.left.every(isMissing)
      ? ""
      : missing("The files that could not be used are not known", files.left);
  }
  const rows = files.right.map(({ path, got }) => [path, got]);
  return folded(
    `${rows.length} ${rows.length === 1 ? "file" : "files"} of the data set could not be used`,
    htmlTable(["file", "why"], rows, [0, 1]),
  );
}

async function confusionPart(
  folder: string,
  { onNote, images: _, measure: __, ...use }: PageOptions,
): Promise<string> {
  onNote(`measuring ${folder} on its test images`);
  const measured = withoutChoice(await evaluateShown(folder, use));
  if (measured._tag === "Left") {
    return missing("The confusions could not be measured", measured.left);
  }
  const { labels, predictions, classes } = measured.right;
  const matrix = confusionOf(labels, predictions, classes.length);
  const svg = orThrow(await confusionSvg(matrix, classes));
  const scores = classScores(matrix, classes).map((
    { name, images, recall, precision, f1 },
  ) => [name, count(images), percent(recall), percent(precision), percent(f1)]);
  return [
    paragraph("Which classes are taken for which, on all test images, with the best weights:"),
    picture(svg, `Confusion matrix of ${folder}`),
    picture(orThrow(await mistakesSheet(measured.right)), `The worst mistakes of ${folder}`, {
      narrow: orThrow(await mistakesSheet(measured.right, "narrow")),
    }),
    folded("Class by class", htmlTable(["class", "images", "recall", "precision", "F1"], scores)),
  ].join("\n");
}
