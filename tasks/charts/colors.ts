/** The colours of charts, which colour-blind people can tell apart (Okabe and Ito, 2008). */

export const COLORS = { blue: "#0072B2", vermillion: "#D55E00", green: "#009E73" } as const;

/** The colours of series, in turn, from the same palette. */
export const SERIES_COLORS = [
  COLORS.blue,
  COLORS.vermillion,
  COLORS.green,
  "#CC79A7",
  "#E69F00",
  "#56B4E9",
] as const;
