/** The colours of runs: those of netfold's charts, told apart by colour-blind people too (Okabe and Ito). */
export const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"] as const;

/** The colour of the run that was selected as the so many-th. */
export function colourOf(place: number): string {
  return COLOURS[place % COLOURS.length] ?? COLOURS[0];
}
