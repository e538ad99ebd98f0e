/** Terminals for tests, with a clock that stands still until it is set. */
import type { Terminal } from "../../tasks/terminal/terminal.ts";

/** A terminal that keeps what is written to it. */
export interface Screen extends Terminal {
  /** Everything that was written. */
  readonly written: string[];
}

/** A terminal of a width. */
export function screen(columns: number, color = false): Screen {
  return { ...file(), isTerminal: true, color, columns: () => columns };
}

/** A file in a terminal's place. */
export function file(): Screen {
  const written: string[] = [];
  return {
    written,
    write: (text) => void written.push(text),
    isTerminal: false,
    color: false,
    columns: () => 80,
  };
}
