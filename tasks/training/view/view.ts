/** What a person sees of a training: its subject, its progress, its end. */
import { printable, shellWord } from "../../../dsl/problem/escape.ts";
import { usingOf } from "../../../dsl/plan/language.ts";
import { summarize } from "../../../dsl/interpreters/summary/summary.ts";
import type { Plan } from "../../../dsl/plan/plan.ts";
import { plan } from "../../../layers/bound/plan.ts";
import { confusionOf } from "../../charts/confusion.ts";
import { worstConfusionsText } from "../../charts/confusion_text.ts";
import { count, magnitude, percent } from "../../terminal/format.ts";
import { type Progress, progress } from "../../terminal/progress.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { StepEvent } from "../loop.ts";
import type { Figures } from "../measure.ts";
import { recipeText } from "../recipe_text.ts";
import type { EpochRecord } from "../record.ts";
import type { TorchOutcome } from "../torch.ts";
import type { TrainOutcome, TrainStart } from "../request.ts";
import { epochText, loweredText } from "./epoch.ts";
import { lossCurve } from "./loss_curve.ts";
import { PROGRAM } from "../../program_name.ts";
import { frozenText } from "./frozen.ts";

/** What a training came to on any engine; what PyTorch's predictions were is not known. */
export type Outcome = TrainOutcome | TorchOutcome;

export interface TrainView {
  readonly onStart: (start: TrainStart) => void;
  readonly onStep: (event: StepEvent) => void;
  readonly onEpoch: (record: EpochRecord) => void;
  readonly note: (line: string) => void;
  readonly clear: () => void;
  /** What the run reached, and where it is taken up from here. */
  readonly ending: (outcome: Outcome, columns: number) => string;
  /** What the run reached. */
  readonly reached: (outcome: Outcome) => readonly string[];
}

/** Shows a training. `written` is the module that exports the language in which the network is written. */
export function trainView(
  terminal: Terminal,
  { written }: { readonly written?: string } = {},
): TrainView {
  let bar: Progress | undefined;
  let inAll = 0;
  let last: StepEvent | undefined;
  let lowered: number | undefined;
  let by = 1;
  const curve = lossCurve();
  const clear = () => bar?.clear();
  const named = (folder: string) =>
    [folder, ...(written === undefined ? [] : ["--language", written])]
      .map(shellWord).join(" ");
  const reached = ({ test }: Outcome): readonly string[] => {
    if (test === undefined) return [];
    const early = last === undefined || last.step === last.steps ? [] : [
      `ended at step ${count(last.step)} of ${
        count(last.steps)
      }: the held out accuracy got no better`,
    ];
    return [...early, ...testLines(test)];
  };
  return {
    onStart: (start) => {
      const { batch, plateau } = start.config.recipe;
      by = plateau?.by ?? 1;
      inAll = Math.ceil(start.steps / Math.floor(start.images / batch));
      terminal.write(`${startText(start)}\n\n`);
    },
    onStep: (event) => {
      const { epoch, epochs, batch, batches, images, loss, accuracy } = event;
      curve.add(event);
      last = event;
      bar ??= progress({ epochs, terminal, above: curve.lines });
      bar.update({ epoch, step: batch, steps: batches, images: batch * images, loss, accuracy });
    },
    onEpoch: (record) => {
      const line = epochText(record, inAll, terminal);
      if (bar === undefined) terminal.write(`${line}\n`);
      else bar.finish(line);
      const times = record.lowered ?? 0;
      const isOver = last !== undefined && last.step === last.steps;
      if (times > (lowered ?? times) && !isOver) {
        terminal.write(`${loweredText(by ** times, terminal)}\n`);
      }
      lowered = times;
    },
    note: (line) => {
      clear();
      terminal.write(`${line}\n`);
    },
    clear,
    ending: (outcome, columns) => {
      const { folder, test } = outcome;
      if (test === undefined) {
        return `${stoppedText(named(folder), last)}${
          "classes" in outcome ? "" : " --engine torch"
        }`;
      }
      const confusions = "classes" in outcome ? confusionLines(outcome, columns) : [];
      return ["", ...reached(outcome), ...confusions, "", ...holdingLines(folder, named)]
        .join("\n");
    },
    reached,
  };
}

function startText(start: TrainStart): string {
  const { name, data, net, input, recipe } = start.config;
  const planned = plan(net, input, usingOf(start.config));
  const network = planned._tag === "Left" ? [] : [networkText(planned.right)];
  const frozen = planned._tag === "Left" ? undefined : frozenText(planned.right);
  const held = start.validation === 0 ? "" : `, ${count(start.validation)} held out`;
  const { from } = start;
  const done = start.step === 0 ? "" : `, of which ${count(start.step)} are done`;
  return [
    printable(`${name} on ${data}`),
    ...network,
    ...(frozen === undefined ? [] : [printable(`  frozen   ${frozen}`)]),
    `  images   ${count(start.images)} to learn from${held}`,
    `  steps    ${count(start.steps)} of ${recipe.batch} images${done}`,
    ...(from === undefined ? [] : [printable(`  weights  ${weightsText(from)}`)]),
    printable(`  recipe   ${recipeText(recipe)}`),
    printable(`  engine   ${start.engine}`),
    printable(`  folder   ${start.folder}`),
  ].join("\n");
}

function weightsText({ weights, anew }: NonNullable<TrainStart["from"]>): string {
  return `of ${weights}${anew.length === 0 ? "" : `; ${anew.join(", ")} anew`}`;
}

function networkText(planned: Plan): string {
  const { params, macs, depth } = summarize(planned);
  return `  network  ${count(params.trainable)} parameters, ${
    magnitude(macs)
  } MACs, depth ${depth}`;
}

function stoppedText(folder: string, last: StepEvent | undefined): string {
  const where = last === undefined ? "" : ` after step ${count(last.step)} of ${count(last.steps)}`;
  return [
    "",
    `stopped${where}; everything is saved. To resume it:`,
    `  ${PROGRAM} train --resume ${folder}`,
  ].join("\n");
}

function confusionLines({ best, classes, test }: TrainOutcome, columns: number): readonly string[] {
  if (test === undefined) return [];
  const matrix = confusionOf(test.labels, test.predictions, classes.length);
  return [
    ...(best === undefined
      ? []
      : [`weights of epoch ${best.epoch}, the best on the held out images`]),
    "",
    "the confusions that hurt most",
    worstConfusionsText(matrix, classes, { n: 5, columns }),
  ];
}

function testLines({ top1, top5, loss, images }: Figures): readonly string[] {
  return [
    `test accuracy ${percent(top1)} of ${count(images)} images`,
    `top-5 ${percent(top5)}, loss ${loss.toFixed(4)}`,
  ];
}

function holdingLines(folder: string, named: (folder: string) => string): readonly string[] {
  return [
    printable(`${folder} holds`),
    "  best.safetensors  the best weights; last.safetensors the last ones",
    "  curves.svg        loss and accuracy; metrics.jsonl and steps.csv their numbers",
    "  config.json       the network and every option",
    "",
    "next",
    `  ${PROGRAM} evaluate ${named(folder)}`,
    `  ${PROGRAM} predict ${named(folder)} IMAGE.png`,
  ];
}
