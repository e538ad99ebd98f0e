/**
 * Confusion matrices as text for a terminal. Where not all classes fit, those with the most errors
 * are shown and the rest are summed up, and the text says so.
 */
import { printable } from "../../dsl/problem/escape.ts";
import { wrapped } from "../../dsl/problem/wrap.ts";
import { count, percent } from "../terminal/format.ts";
import { table } from "../terminal/table.ts";
import { cutEnd, displayWidth, takeStart } from "../terminal/width.ts";
import { distinctNames } from "./labels.ts";
import {
  accuracyOf,
  checkNames,
  classScores,
  type ConfusionMatrix,
  countAt,
  imagesOf,
  rowSums,
  worstConfusions,
} from "./confusion.ts";

export interface TextOptions {
  /** The widest line, in terminal columns; 80 by default. */
  readonly columns?: number;
}

const GAP = 2;
const WIDEST_NAME = 18;
const REST = "other";

/**
 * The matrix: a row for each true class, a column for each prediction.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { confusionOf } from "./confusion.ts";
 * import { confusionText } from "./confusion_text.ts";
 *
 * const matrix = confusionOf([0, 0, 1], [0, 1, 1], 2);
 * assertEquals(
 *   confusionText(matrix, ["cat", "dog"]),
 *   `accuracy 66.67 % of 3 images; rows: truth, columns: prediction
 *
 *      cat  dog
 * ---  ---  ---
 * cat    1    1
 * dog    0    1`,
 * );
 * ```
 */
export function confusionText(
  matrix: ConfusionMatrix,
  classes: readonly string[],
  options: TextOptions = {},
): string {
  checkNames(matrix, classes);
  const names = classes.map(printable);
  const columns = options.columns ?? 80;
  const prefix = `${names.length} `.length;
  const rowName = Math.min(WIDEST_NAME, Math.max(REST.length, ...names.map(displayWidth)) + prefix);
  const number = Math.max(3, `${matrix.counts.reduce((a, b) => Math.max(a, b), 0)}`.length);
  const last = Math.max(3, `${imagesOf(matrix)}`.length) + GAP;
  const fits = (room: number): number => Math.floor(room / (number + GAP));
  const all = names.map((_, i) => i);
  const shown = names.length <= fits(columns - rowName)
    ? all
    : mostErrors(matrix, Math.max(1, fits(columns - rowName - last)));
  const rest = all.filter((i) => !shown.includes(i));
  const room = columns - rowName - (rest.length === 0 ? 0 : last);
  const width = Math.max(number, Math.floor(room / shown.length) - GAP);
  const groups: readonly Group[] = [
    ...shown.map((i) => ({ name: names[i] ?? "", label: `${i}`, members: [i] })),
    ...(rest.length === 0 ? [] : [{ name: REST, label: "+", members: rest }]),
  ];
  const heads = distinctHeads(groups.map(({ name }) => name), width);
  const cells = groups.map(({ name, label, members }) => [
    cutEnd(heads === undefined ? `${label} ${name}` : name, rowName),
    ...groups.map((column) => `${sumOver(matrix, members, column.members)}`),
  ]);
  const text = table(cells, {
    header: ["", ...(heads ?? groups.map(({ label }) => label))],
    align: ["left", ...groups.map(() => "right" as const)],
  });
  const accuracy = `accuracy ${percent(accuracyOf(matrix))} of ${count(imagesOf(matrix))} images`;
  return [
    ...wrapped(`${accuracy}; rows: truth, columns: prediction`, columns),
    ...(rest.length === 0 ? [] : wrapped(
      `the ${shown.length} of ${names.length} classes with the most errors; "${REST}" is the rest`,
      columns,
    )),
    "",
    text,
  ].join("\n");
}

/** Classes that share a row and a column: one, or the rest. */
interface Group {
  readonly name: string;
  /** What stands for it where names do not fit: the class's number. */
  readonly label: string;
  readonly members: readonly number[];
}

/** The `n` most frequent confusions as a table. */
export function worstConfusionsText(
  matrix: ConfusionMatrix,
  names: readonly string[],
  options: TextOptions & { readonly n?: number } = {},
): string {
  const { columns = 80 } = options;
  const room = Math.max(4, Math.floor((columns - "images  of the class".length - GAP) / 2) - GAP);
  const short = distinctNames(names.map(printable), room);
  const worst = worstConfusions(matrix, short, options.n ?? 10);
  if (worst.length === 0) return "no confusions";
  return table(
    worst.map(({ truth, predicted, count: images, share }) => [
      truth,
      predicted,
      count(images),
      percent(share, 1),
    ]),
    {
      header: ["truth", "taken for", "images", "of the class"],
      align: ["left", "left", "right", "right"],
    },
  );
}

/** How well each class is recognised, as a table. */
export function perClassText(
  matrix: ConfusionMatrix,
  names: readonly string[],
  options: TextOptions = {},
): string {
  const columns = options.columns ?? 80;
  const short = distinctNames(names.map(printable), Math.max(NARROWEST, columns - SCORES));
  return table(
    classScores(matrix, names).map((score, i) => [
      short[i] ?? "",
      count(score.images),
      percent(score.recall),
      percent(score.precision),
      percent(score.f1),
    ]),
    {
      header: ["class", "images", "recall", "precision", "F1"],
      footer: [["all", count(imagesOf(matrix)), percent(accuracyOf(matrix)), "", ""]],
      align: ["left", "right", "right", "right", "right"],
      columns,
    },
  );
}

/** The narrowest that a name gets, and what stands beside it where classes are scored. */
const [NARROWEST, SCORES] = [8, "  images    recall  precision        F1".length + GAP];

/** The classes with the most errors, as truth or prediction, in their own order. */
function mostErrors(matrix: ConfusionMatrix, n: number): readonly number[] {
  const rows = rowSums(matrix);
  const errors = rows.map((images, i) => {
    const all = rows.map((_, j) => j);
    return images + sumOver(matrix, all, [i]) - 2 * countAt(matrix, i, i);
  });
  return rows.map((_, i) => i)
    .sort((a, b) => (errors[b] ?? 0) - (errors[a] ?? 0) || a - b)
    .slice(0, n).sort((a, b) => a - b);
}

function sumOver(
  matrix: ConfusionMatrix,
  truths: readonly number[],
  predictions: readonly number[],
): number {
  return truths.reduce(
    (sum, truth) =>
      predictions.reduce((inner, predicted) => inner + countAt(matrix, truth, predicted), sum),
    0,
  );
}

/** The names cut to `width` columns, when they then still differ from each other. */
function distinctHeads(names: readonly string[], width: number): readonly string[] | undefined {
  const heads = names.map((name) => takeStart(name, width));
  return new Set(heads).size === names.length ? heads : undefined;
}
