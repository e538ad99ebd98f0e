/**
 * Where text for people goes: a terminal, or a file or pipe in a terminal's place. Colours only on
 * a terminal, and not when `NO_COLOR` is set. Nothing here needs a permission.
 */
import { printableLines } from "../../dsl/problem/escape.ts";

/** A place to write to. Tests bring their own. */
export interface Terminal {
  /** Writes text; what would steer the terminal appears escaped, but for line breaks. */
  readonly write: (text: string) => void;
  /** Writes text with colours or what redraws a line; nothing from outside. `write` by default. */
  readonly draw?: (text: string) => void;
  /** Whether it is a terminal, where lines can be redrawn. */
  readonly isTerminal: boolean;
  readonly color: boolean;
  /** The width right now, in columns; 80 where that has no meaning. */
  readonly columns: () => number;
}

/** The standard error stream: progress, warnings, problems. */
export function standardError(): Terminal {
  return terminalOn(Deno.stderr);
}

/** The standard output stream: results. */
export function standardOutput(): Terminal {
  return terminalOn(Deno.stdout);
}

interface Stream {
  writeSync(bytes: Uint8Array): number;
  isTerminal(): boolean;
}

function terminalOn(stream: Stream): Terminal {
  const isTerminal = stream.isTerminal();
  const draw = (text: string): void => {
    let rest: Uint8Array = new TextEncoder().encode(text);
    while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
  };
  return {
    write: (text) => draw(printableLines(text)),
    draw,
    isTerminal,
    color: isTerminal && !Deno.noColor,
    columns: () => isTerminal ? consoleColumns() : 80,
  };
}

function consoleColumns(): number {
  try {
    const { columns } = Deno.consoleSize();
    return columns > 0 ? columns : 80;
  } catch {
    return 80;
  }
}
