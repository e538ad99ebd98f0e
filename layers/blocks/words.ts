/** The words that options of masks and attention modules take. */
import { oneOf, type Wanted } from "../../dsl/problem/expect.ts";

/** Each option's, by its name. */
export const WORDS: Readonly<Record<"reading" | "learning" | "units" | "mask", Wanted>> = {
  reading: oneOf(["figure", "descent"]),
  learning: oneOf(["arl", "nal"]),
  units: oneOf(["preactivation", "postactivation"]),
  mask: oneOf(["hourglass", "local"]),
};
