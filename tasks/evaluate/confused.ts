/**
 * The images of an evaluation that were taken for another class, by the two classes: how many there
 * are, and of those of which the network was surest the pictures.
 */
import { confusionOf } from "../charts/confusion.ts";
import { smallPng } from "../charts/picture_tile.ts";
import { picturesAt } from "../data/pictured.ts";
import { E, pipe, type Result } from "../fp.ts";
import type { EvaluationShown } from "../training/evaluate.ts";
import { wrongImages } from "./mistakes.ts";

/** The most pictures of two classes, and of all. */
const [MOST_OF_CELL, MOST] = [8, 300];

/** A picture of an image that was taken for another class. */
export interface ConfusedPicture {
  /** How sure the network was, from 0 to 1. */
  readonly probability: number;
  /** The picture as PNG, in base64, at most 96 pixels wide and high. */
  readonly png: string;
}

/** The images of one class that were taken for one, perhaps the same. */
export interface ConfusedCell {
  /** The number of their class. */
  readonly truth: number;
  /** The number of the class that they were taken for. */
  readonly predicted: number;
  readonly count: number;
  /** Those of which the network was surest, where it was wrong; the surest one first. */
  readonly pictures: readonly ConfusedPicture[];
}

/** A confusion matrix with pictures; cells without images are left out. */
export interface Confused {
  readonly classes: readonly string[];
  readonly cells: readonly ConfusedCell[];
}

/** What was taken for what. Pictures that cannot be read are left out. */
export async function confusedOf(evaluation: EvaluationShown): Promise<Result<Confused>> {
  const { labels, predictions, confidences, places, classes, shown } = evaluation;
  const keyOf = (i: number) => cellKey(labels[i] ?? 0, predictions[i] ?? 0);
  const chosen = chosenOf(wrongImages(evaluation), keyOf);
  return pipe(
    await picturesAt(shown, chosen.map((i) => places[i] ?? i)),
    E.map((pictures) => {
      const kept = Map.groupBy(chosen.keys(), (at) => keyOf(chosen[at] ?? 0));
      const picturesOf = (key: string) =>
        (kept.get(key) ?? []).flatMap((at): readonly ConfusedPicture[] => {
          const picture = pictures[at];
          if (picture === undefined) return [];
          const probability = confidences[chosen[at] ?? 0] ?? 0;
          return [{ probability, png: smallPng(picture).toBase64() }];
        });
      const { counts } = confusionOf(labels, predictions, classes.length);
      const cells = [...counts].flatMap((count, at): readonly ConfusedCell[] => {
        const [truth, predicted] = [Math.floor(at / classes.length), at % classes.length];
        const pictures = picturesOf(cellKey(truth, predicted));
        return count === 0 ? [] : [{ truth, predicted, count, pictures }];
      });
      return { classes, cells };
    }),
  );
}

/** Of images, the surest first, those that are kept: the first of all cells before any second one. */
function chosenOf(images: readonly number[], keyOf: (i: number) => string): readonly number[] {
  const cells = [...Map.groupBy(images, keyOf).values()];
  return Array.from(
    { length: MOST_OF_CELL },
    (_, rank) => cells.flatMap((cell) => cell[rank] ?? []),
  )
    .flat().slice(0, MOST);
}

function cellKey(truth: number, predicted: number): string {
  return `${truth} ${predicted}`;
}
