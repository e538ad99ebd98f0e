/** How wide charts are drawn, each so that its letters can be read where it stands. */

/** For a page on a desk, or on a telephone. */
export type ChartWidth = "wide" | "narrow";

/** The width of a plot in pixels, without what stands beside it. */
export const WIDTHS: Readonly<Record<ChartWidth, number>> = { wide: 640, narrow: 262 };
