/** What the pictures of an evaluation are called in the folder of their run. */
import type { Given } from "../cli/command.ts";
import type { evaluateCommand } from "./options.ts";

/** What such a picture shows: the confusion matrix, or the worst mistakes. */
export type PictureOf = "confusion" | "mistakes";

/** A name for a picture: of what is not measured as training itself does, one that says so. */
export function pictureName(of: PictureOf, given: Given<typeof evaluateCommand>): string {
  const { data, split = "test", weights = "best", views, crops = "1" } = given;
  const others = [
    data,
    split === "test" ? undefined : split,
    weights === "best" ? undefined : weights,
    views,
    crops === "1" ? undefined : "crops",
  ].filter((part) => part !== undefined);
  return `${[of, ...others].join("-").replaceAll(/[^A-Za-z0-9.]+/g, "-")}.svg`;
}

/** What a file of a run shows by its name, and how that was measured, empty for as training does; nothing of other files. */
export function pictureNamed(
  file: string,
): { readonly of: PictureOf; readonly measured: string } | undefined {
  const [, of, others = ""] = /^(confusion|mistakes)(-[A-Za-z0-9.-]*)?\.svg$/.exec(file) ?? [];
  if (of !== "confusion" && of !== "mistakes") return undefined;
  return { of, measured: others.slice(1) || others };
}
