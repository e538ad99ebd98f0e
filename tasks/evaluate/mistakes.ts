/** The worst mistakes of an evaluation: images of which the network was sure, and wrong. */
import { join } from "@std/path";
import { defined } from "../../dsl/problem/defined.ts";
import type { ChartWidth } from "../charts/width.ts";
import { pictureSheet, type SheetPicture } from "../charts/picture_sheet.ts";
import { areFiles } from "../data/dataset.ts";
import { picturesAt } from "../data/pictured.ts";
import { E, pipe, RA, type Result } from "../fp.ts";
import { count, percent } from "../terminal/format.ts";
import type { EvaluationShown } from "../training/evaluate.ts";

/** An image that was taken for another class. */
export interface Mistake {
  /** Its place in the split, from 0. */
  readonly image: number;
  /** Its file, when it is a picture in one. */
  readonly file?: string;
  readonly class: string;
  readonly takenFor: string;
  /** How sure the network was. */
  readonly probability: number;
}

/** As many as a sheet shows. */
const MOST = 24;

/** The mistakes of which the network was surest, the worst one first. */
export function worstMistakes(
  evaluation: EvaluationShown,
  most = MOST,
): readonly Mistake[] {
  const { labels, predictions, confidences, places, classes, shown } = evaluation;
  return wrongImages(evaluation).slice(0, most).map((i) => {
    const image = places[i] ?? i;
    const file = areFiles(shown) ? join(shown.folder, shown.paths[image] ?? "") : undefined;
    return {
      image,
      ...defined({ file }),
      class: classes[labels[i] ?? 0] ?? "",
      takenFor: classes[predictions[i] ?? 0] ?? "",
      probability: confidences[i] ?? 0,
    };
  });
}

/** The images that were taken for another class, from 0; the one of which the network was surest first. */
export function wrongImages(
  { labels, predictions, confidences }: EvaluationShown,
): readonly number[] {
  return [...labels.keys()].filter((i) => labels[i] !== predictions[i])
    .toSorted((a, b) => (confidences[b] ?? 0) - (confidences[a] ?? 0) || a - b);
}

/** Draws the worst mistakes, for wide pages or narrow ones. */
export async function mistakesSheet(
  evaluation: EvaluationShown,
  width: ChartWidth = "wide",
): Promise<Result<string>> {
  const { config, labels, predictions, images } = evaluation;
  const worst = worstMistakes(evaluation);
  const wrong = labels.filter((label, i) => label !== predictions[i]).length;
  return pipe(
    await picturesAt(evaluation.shown, worst.map(({ image }) => image)),
    E.map((pictures) =>
      pictureSheet({
        title: "The worst mistakes",
        subtitle: [
          `${config.name}: ${count(wrong)} of ${
            count(images)
          } images are taken for another class; ` +
          `${worst.length === wrong ? "these" : `the ${worst.length} of which it is surest`}`,
          "below each its class, what it is taken for and how sure the network is",
        ],
        groups: [{ title: "", pictures: RA.zipWith(pictures, worst, captioned) }],
      }, width)
    ),
  );
}

function captioned(picture: SheetPicture["picture"], mistake: Mistake): SheetPicture {
  return {
    picture,
    words: [mistake.class, mistake.takenFor, percent(mistake.probability, 1)],
  };
}
