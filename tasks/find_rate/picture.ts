/** The picture of a range test. */
import type { Result } from "../fp.ts";
import { ratesSvg } from "../charts/rate_chart.ts";
import type { AskedTraining } from "../train/asked.ts";
import type { RateTest } from "../training/find_rate.ts";
import { adviceText, endText, rateText } from "./words.ts";

/** Draws a test: where it ended, what it says, and the rates that say so. */
export function pictureOf(
  { name, data, recipe: { batch } }: AskedTraining,
  found: RateTest,
): Promise<Result<string>> {
  const { steps, steepest, lowest } = found;
  const marked = [
    { rate: steepest, label: "steepest descent" },
    { rate: lowest, label: "lowest loss" },
  ];
  return ratesSvg(steps, {
    title: `${name} on ${data.name}: learning rates`,
    subtitle: [
      `${steps.length} steps of ${batch} images; ${endText(found)}`,
      adviceText(found),
    ],
    marks: marked.flatMap(({ rate, label }) =>
      rate === undefined ? [] : [{ rate, label: `${label}, ${rateText(rate)}` }]
    ),
  });
}
