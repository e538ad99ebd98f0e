/** How far the loading of a data set is, for someone who waits. */
import type { OnProgress } from "../data/progress.ts";
import { standardError, type Terminal } from "../terminal/terminal.ts";
import { statusLine } from "./status_line.ts";

/** A status line for a data set. */
export interface DataStatus {
  /** Shows progress. */
  readonly onProgress: OnProgress;
  /** Removes the line. */
  readonly clear: () => void;
}

/** Shows the loading of a data set, on the standard error stream by default. */
export function dataStatus(terminal: Terminal = standardError()): DataStatus {
  const status = statusLine(terminal);
  return {
    onProgress: ({ step, done, total }) =>
      status.show(total === 0 ? step : `${step} ${done}/${total}`),
    clear: status.clear,
  };
}
