/** `--data`, where any data set may stand. */
import { DATASET_FORMS, DATASET_NAMES } from "../data/load.ts";
import { pathFault } from "./path_fault.ts";
import type { Reader } from "./reader.ts";

/** A data set that there is; it is not loaded. */
export const dataset: Reader<string> = {
  metavar: "NAME",
  wanted: `one of ${DATASET_FORMS.join(", ")}`,
  read: (given) =>
    DATASET_NAMES.includes(given.replace(/[:,].*/s, "")) && pathFault(given) === undefined
      ? given
      : undefined,
  fault: pathFault,
  known: DATASET_NAMES,
};
