/** `--data`, where any data set may stand. */
import { DATASET_FORMS, DATASET_NAMES } from "../data/load.ts";
import type { Reader } from "./reader.ts";

/** A data set that there is; it is not loaded. */
export function dataset(): Reader<string> {
  return {
    metavar: "NAME",
    wanted: `one of ${DATASET_FORMS.join(", ")}`,
    read: (given) => DATASET_NAMES.includes(given.replace(/:.*/s, "")) ? given : undefined,
    show: (given) => given,
    example: "cifar10",
  };
}
