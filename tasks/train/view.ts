/** What a person sees of a training: its subject, its progress, its end. */
import { usingOf } from "../../dsl/plan/language.ts";
import { summarize } from "../../dsl/interpreters/summary/summary.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { plan } from "../../layers/bound/plan.ts";
import { confusionOf } from "../charts/confusion.ts";
import { worstConfusionsText } from "../charts/confusion_text.ts";
import { count, duration, magnitude, percent } from "../terminal/format.ts";
import { type Progress, progress } from "../terminal/progress.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { Recipe, RunConfig } from "../training/config.ts";
import type { StepEvent } from "../training/loop.ts";
import type { Figures, Measurement } from "../training/measure.ts";
import type { EpochRecord } from "../training/record.ts";
import type { TorchOutcome } from "../training/torch.ts";
import type { TrainOutcome, TrainStart } from "../training/train.ts";
import { lossCurve } from "../terminal/loss_curve.ts";

/** What is trained, on what, and how. */
export interface Subject
  extends Pick<RunConfig, "name" | "data" | "net" | "input" | "recipe" | "language"> {
  /** The module that exports the language in which the network is written. */
  readonly written?: string;
}

/** A view of a training. */
export interface TrainView {
  /** Once everything is ready. */
  readonly onStart: (start: TrainStart) => void;
  /** After a step. */
  readonly onStep: (event: StepEvent) => void;
  /** After an epoch. */
  readonly onEpoch: (record: EpochRecord) => void;
  /** Writes a line in between. */
  readonly note: (line: string) => void;
  /** Removes what is redrawn. */
  readonly clear: () => void;
  /** How a training ended, and what can be done next. */
  readonly ending: (outcome: TrainOutcome, columns: number) => string;
  /** How a training on PyTorch ended. */
  readonly torchEnding: (outcome: TorchOutcome) => string;
}

/** Shows a training; the number of epochs is known from the first step on. */
export function trainView(subject: Subject, terminal: Terminal): TrainView {
  let bar: Progress | undefined;
  let last: StepEvent | undefined;
  const curve = lossCurve();
  const clear = () => bar?.clear();
  const named = (folder: string) =>
    subject.written === undefined ? folder : `${folder} --language ${subject.written}`;
  return {
    onStart: (start) => terminal.write(`${startText(subject, start)}\n\n`),
    onStep: (event) => {
      const { epoch, epochs, batch, batches, images, loss, accuracy } = event;
      curve.add(event);
      last = event;
      bar ??= progress({ epochs, terminal, above: curve.lines });
      bar.update({ epoch, step: batch, steps: batches, images: batch * images, loss, accuracy });
    },
    onEpoch: (record) => {
      const line = epochText(record, last?.epochs ?? record.epoch);
      if (bar === undefined) terminal.write(`${line}\n`);
      else bar.finish(line);
    },
    note: (line) => {
      clear();
      terminal.write(`${line}\n`);
    },
    clear,
    ending: (outcome, columns) =>
      outcome.test === undefined
        ? stoppedText(named(outcome.folder), last)
        : finishedText(outcome, outcome.test, { columns, named }),
    torchEnding: ({ folder, test }) =>
      test === undefined
        ? `${stoppedText(named(folder), last)} --engine torch`
        : ["", ...testLines(test), "", ...holdingLines(folder, named)].join("\n"),
  };
}

function startText(subject: Subject, start: TrainStart): string {
  const { name, data, net, input, recipe } = subject;
  const planned = plan(net, input, usingOf(subject));
  const network = planned._tag === "Left" ? [] : [networkText(planned.right)];
  const held = start.validation === 0 ? "" : `, ${count(start.validation)} held out`;
  const done = start.step === 0 ? "" : `, of which ${count(start.step)} are done`;
  return [
    `${name} on ${data}`,
    ...network,
    `  images   ${count(start.images)} to learn from${held}`,
    `  steps    ${count(start.steps)} of ${recipe.batch} images${done}`,
    `  recipe   ${recipeText(recipe)}`,
    `  engine   ${start.engine}`,
    `  folder   ${start.folder}`,
  ].join("\n");
}

function networkText(planned: Plan): string {
  const { params, macs, depth } = summarize(planned);
  return `  network  ${count(params.trainable)} parameters, ${
    magnitude(macs)
  } MACs, depth ${depth}`;
}

function recipeText({ optimizer, rate, schedule }: Recipe): string {
  const shape = typeof schedule === "string" ? schedule : schedule.kind;
  return `${optimizer.kind}, learning rate ${rate} (${shape})`;
}

function epochText(record: EpochRecord, epochs: number): string {
  const { trainLoss, trainAccuracy, validationLoss, validationAccuracy } = record;
  const held = validationLoss === undefined || validationAccuracy === undefined
    ? ""
    : `; held out: loss ${validationLoss.toFixed(3)}, ${percent(validationAccuracy, 1)}`;
  return `epoch ${`${record.epoch}`.padStart(`${epochs}`.length)}/${epochs}` +
    `  loss ${trainLoss.toFixed(3)}, ${percent(trainAccuracy, 1)}${held}` +
    `; ${duration(record.seconds)}`;
}

function stoppedText(folder: string, last: StepEvent | undefined): string {
  const where = last === undefined ? "" : ` after step ${count(last.step)} of ${count(last.steps)}`;
  return [
    "",
    `stopped${where}; everything is saved. To go on:`,
    `  deno task train --resume ${folder}`,
  ].join("\n");
}

function finishedText(
  { folder, best, classes }: TrainOutcome,
  test: Measurement,
  { columns, named }: { readonly columns: number; readonly named: Named },
): string {
  const matrix = confusionOf(test.labels, test.predictions, classes.length);
  const chosen = best === undefined
    ? []
    : [`weights of epoch ${best.epoch}, the best on the held out images`];
  return [
    "",
    ...testLines(test),
    ...chosen,
    "",
    "the confusions that hurt most",
    worstConfusionsText(matrix, classes, { n: 5, columns }),
    "",
    ...holdingLines(folder, named),
  ].join("\n");
}

function testLines({ top1, top5, loss, images }: Figures): readonly string[] {
  return [
    `test accuracy ${percent(top1)} of ${count(images)} images`,
    `top-5 ${percent(top5)}, loss ${loss.toFixed(4)}`,
  ];
}

/** How a run is named to other tasks. */
type Named = (folder: string) => string;

function holdingLines(folder: string, named: Named): readonly string[] {
  return [
    `${folder} holds`,
    "  best.safetensors  the best weights; last.safetensors the last ones",
    "  curves.svg        loss and accuracy; metrics.jsonl their numbers",
    "  config.json       the network and every option",
    "",
    "next",
    `  deno task evaluate ${named(folder)}`,
    `  deno task predict ${named(folder)} IMAGE.png`,
  ];
}
