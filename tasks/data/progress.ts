/**
 * Progress of something that takes seconds or longer, such as decoding a data
 * set: reported to a callback, never printed.
 */

/** How far a piece of work is. */
export interface Progress {
  /** What is done now, or what was noticed, as a phrase for people. */
  readonly step: string;
  /** How many parts are done. */
  readonly done: number;
  /** Out of how many; 0 when that is not known. */
  readonly total: number;
}

/** Progress as a phrase. */
export function progressText({ step, done, total }: Progress): string {
  return total === 0 ? step : `${step} ${done}/${total}`;
}

/** A function that reports progress. */
export type OnProgress = (progress: Progress) => void;
