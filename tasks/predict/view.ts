/** Predictions as text and as CSV, and what is said beside them. */
import { csv, printable } from "../../dsl/problem/escape.ts";
import { percent } from "../terminal/format.ts";
import { table } from "../terminal/table.ts";
import type { Prediction } from "../training/predict.ts";

/** The length of a bar that stands for certainty. */
const BAR = 30;

/** How many files of folders are left out because their names are not those of pictures. */
export function leftOut(files: number): string {
  return files === 1
    ? "1 file that is not called a picture is left out"
    : `${files} files that are not called pictures are left out`;
}

export function predictionText({ path, guesses }: Prediction): string {
  const rows = guesses.map(({ name, probability }) => [
    `  ${name}`,
    percent(probability),
    "=".repeat(Math.round(probability * BAR)),
  ]);
  return `${printable(path)}\n${table(rows, { align: ["left", "right", "left"] })}\n`;
}

/** The first line of {@link predictionCsv}, for a number of classes of each image. */
export function csvHeader(guesses: number): string {
  const columns = Array.from(
    { length: guesses },
    (_, i) => [`class${i + 1}`, `probability${i + 1}`],
  );
  return `${["path", ...columns.flat()].join()}\n`;
}

/** One line of CSV (RFC 4180): the image, and its likeliest classes, best first. */
export function predictionCsv({ path, guesses }: Prediction): string {
  const cells = guesses.flatMap(({ name, probability }) => [csv(name), `${probability}`]);
  return `${[csv(path), ...cells].join()}\n`;
}
