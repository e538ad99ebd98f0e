/** A data set as text: its parts, its classes, what is done to its images, and what is odd. */
import { printable } from "../../dsl/problem/escape.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";
import { count } from "../terminal/format.ts";
import { table } from "../terminal/table.ts";
import type { PreparedData } from "../training/prepare_data.ts";
import type { Recipe } from "../training/recipe.ts";
import { oddities, partCounts, unusedOf } from "./counts.ts";
import { type Fact, makingOf } from "./words.ts";

export interface DataView {
  readonly dataset: Dataset<ImageSet>;
  readonly recipe: Recipe;
  readonly data: PreparedData;
}

export function dataText({ dataset, recipe, data }: DataView, columns: number): string {
  const { name, classes, train } = dataset;
  const parts = partCounts(dataset, data);
  const unused = unusedOf(dataset, data);
  const facts: readonly Fact[] = [
    [
      "images",
      `${train.shape.join("x")}, ${
        classes.length === 1 ? "1 class" : `${count(classes.length)} classes`
      }`,
    ],
    ...(unused > 0 ? [["not used", `${count(unused)} training images`] as const] : []),
    ...makingOf(recipe, data),
  ];
  return [
    printable(name),
    "",
    table(
      classes.map((title, i) => [title, ...parts.map(({ ofClass }) => count(ofClass[i] ?? 0))]),
      {
        header: ["class", ...parts.map((part) => part.name)],
        footer: [["all", ...parts.map(({ images }) => count(images))]],
        align: ["left", ...parts.map(() => "right" as const)],
        columns,
      },
    ),
    "",
    table(facts.map(([fact, words]) => [fact, words])),
    ...oddities(parts, classes).map((odd) => printable(`note: ${odd}`)),
  ].join("\n");
}
