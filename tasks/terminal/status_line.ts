/**
 * What is going on before there is anything to measure, such as the decoding of a data set: on a
 * terminal one line that is redrawn, elsewhere a line for each thing that is said.
 */
import { printable } from "../../dsl/problem/escape.ts";
import type { Terminal } from "./terminal.ts";
import { cutEnd } from "./width.ts";

export interface StatusLine {
  readonly show: (text: string) => void;
  readonly clear: () => void;
  /** Writes a line that stays, the first time that it is said. */
  readonly note: (text: string) => void;
}

const ERASE = "\r\x1b[K";

/**
 * A status line.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { statusLine } from "./status_line.ts";
 *
 * const written: string[] = [];
 * const write = (text: string) => void written.push(text);
 * const line = statusLine({ write, isTerminal: false, color: false, columns: () => 80 });
 * line.show("decoding 1/6");
 * line.clear();
 * assertEquals(written, ["decoding 1/6\n"]);
 * ```
 */
export function statusLine(terminal: Terminal): StatusLine {
  const { draw = terminal.write } = terminal;
  let drawn = false;
  const noted = new Set<string>();
  const clear = (): void => {
    if (drawn) draw(ERASE);
    drawn = false;
  };
  return {
    show: (text) => {
      const line = printable(text);
      if (terminal.isTerminal) draw(ERASE + cutEnd(line, terminal.columns() - 1));
      else terminal.write(`${line}\n`);
      drawn = terminal.isTerminal;
    },
    clear,
    note: (text) => {
      if (noted.has(text)) return;
      noted.add(text);
      clear();
      terminal.write(`note: ${printable(text)}\n`);
    },
  };
}
