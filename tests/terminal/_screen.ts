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

const UP = "\u001b[1A";
const ERASE = "\u001b[K";

/** The lines that a person sees after such text: it knows line breaks, carriage returns, going up and erasing. */
export function linesOn(text: string): readonly string[] {
  const lines = [""];
  let row = 0;
  let rest = text;
  const takes = (part: string): boolean => {
    if (!rest.startsWith(part)) return false;
    rest = rest.slice(part.length);
    return true;
  };
  while (rest !== "") {
    if (takes(UP)) row--;
    else if (takes(ERASE)) lines[row] = "";
    else if (takes("\r")) continue;
    else if (takes("\n")) lines[++row] ??= "";
    else {
      lines[row] += rest[0] ?? "";
      rest = rest.slice(1);
    }
  }
  return lines;
}
