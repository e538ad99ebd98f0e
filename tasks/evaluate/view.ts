/** An evaluation as text and as JSON. */
import { printable } from "../../dsl/problem/escape.ts";
import { defined } from "../../dsl/problem/defined.ts";
import {
  type ClassScore,
  classScores,
  type ConfusionMatrix,
  confusionOf,
} from "../charts/confusion.ts";
import { confusionText, perClassText, worstConfusionsText } from "../charts/confusion_text.ts";
import { count, percent } from "../terminal/format.ts";
import type { EvaluationShown } from "../training/evaluate.ts";
import type { ViewsName } from "../training/views.ts";
import { worstMistakes } from "./mistakes.ts";

export interface Evaluated extends EvaluationShown {
  readonly split: string;
  readonly weights: string;
  readonly views?: ViewsName;
}

/** What of each image was averaged, in words. */
const SHOWN: Readonly<Record<ViewsName, string>> = {
  mirror: ", each with its mirror image",
  six: ", each in six views",
};

export function matrixOf({ labels, predictions, classes }: Evaluated): ConfusionMatrix {
  return confusionOf(labels, predictions, classes.length);
}

export function evaluationText(evaluated: Evaluated, columns: number): string {
  const { config, run, split, weights, views, images, top1, top5, loss } = evaluated;
  const { engine, classes, data = config.data } = evaluated;
  const matrix = matrixOf(evaluated);
  return [
    printable(
      `${config.name} on the ${split} images of ${data}: ${run.folder}, ${weights} weights`,
    ),
    `top-1 ${percent(top1)}, top-5 ${percent(top5)}, loss ${loss.toFixed(4)}, ` +
    `${count(images)} images${views === undefined ? "" : SHOWN[views]}`,
    printable(`engine ${engine}`),
    "",
    perClassText(matrix, classes, { columns }),
    "",
    confusionText(matrix, classes, { columns }),
    "",
    "the confusions that hurt most",
    worstConfusionsText(matrix, classes, { n: 5, columns }),
  ].join("\n");
}

/** The scores of each class. */
export function scoresOf(evaluated: Evaluated): readonly ClassScore[] {
  return classScores(matrixOf(evaluated), evaluated.classes);
}

/** An evaluation for programs; a ratio of nothing is null. */
export function evaluationJson(evaluated: Evaluated): object {
  const { config, run, split, weights, views, images, top1, top5, loss } = evaluated;
  const { engine, classes, data = config.data } = evaluated;
  const matrix = matrixOf(evaluated);
  const rows = classes.map((_, truth) =>
    Array.from(matrix.counts.subarray(truth * classes.length, (truth + 1) * classes.length))
  );
  return {
    run: run.folder,
    net: config.name,
    data,
    split,
    weights,
    ...defined({ views }),
    engine,
    images,
    top1,
    top5,
    loss,
    classes: scoresOf(evaluated),
    confusion: rows,
    mistakes: worstMistakes(evaluated),
  };
}
