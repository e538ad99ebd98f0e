/** What the files of an evaluation are called in the folder of their run. */
import type { Given } from "../cli/command.ts";
import type { evaluateCommand } from "./options.ts";

/**
 * What is kept of an evaluation, each with the ending of its file: two pictures, the scores of each
 * class, and what was taken for what, with pictures.
 */
const ENDINGS = {
  confusion: "svg",
  mistakes: "svg",
  classes: "json",
  confused: "json",
} as const;

export type KeptOf = keyof typeof ENDINGS;

/** What such a picture shows: the confusion matrix, or the worst mistakes. */
export type PictureOf = Exclude<KeptOf, "classes" | "confused">;

/** A name for a file: of what is not measured as training itself does, one that says so. */
export function keptName(of: KeptOf, given: Given<typeof evaluateCommand>): string {
  const { data, split = "test", weights = "best", views, crops = "1" } = given;
  const others = [
    data,
    split === "test" ? undefined : split,
    weights === "best" ? undefined : weights,
    views,
    crops === "1" ? undefined : "crops",
  ].filter((part) => part !== undefined);
  return `${[of, ...others].join("-").replaceAll(/[^A-Za-z0-9.]+/g, "-")}.${ENDINGS[of]}`;
}

/** What a file of a run holds by its name, and how that was measured, empty for as training does; nothing of other files. */
export function keptNamed(
  file: string,
): { readonly of: KeptOf; readonly measured: string } | undefined {
  const [, of = "", others = "", ending] =
    /^(confusion|mistakes|classes|confused)(-[A-Za-z0-9.-]*)?\.(svg|json)$/.exec(file) ?? [];
  if (!isKept(of) || ENDINGS[of] !== ending) return undefined;
  return { of, measured: others.slice(1) || others };
}

function isKept(name: string): name is KeptOf {
  return Object.hasOwn(ENDINGS, name);
}
