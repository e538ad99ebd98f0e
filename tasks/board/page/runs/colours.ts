/** The colours of runs, which are those of netfold's charts. */
import { SERIES_COLORS } from "../../../charts/colors.ts";

/** As many runs are drawn as colours can tell apart. */
export const MOST: number = SERIES_COLORS.length;

/** The colour of a run by its place among the selected ones, from 0. */
export function colourOf(place: number): string {
  return SERIES_COLORS[place] ?? SERIES_COLORS[0];
}
