/** What a training from a script says of itself, on the standard error stream. */
import { standardError, type Terminal } from "../terminal/terminal.ts";
import { watching } from "./view/watching.ts";
import type { TrainOutcome, TrainWatch } from "./request.ts";

/** A log of a training. */
export interface TrainLog {
  /** Whoever watched before, and the log. */
  readonly watch: TrainWatch;
  /** Ends the log: with what the run reached, when it came to its end. */
  readonly end: (outcome?: TrainOutcome) => void;
}

/** Writes a log beside whatever else watches. */
export function logOf(given: TrainWatch, terminal: Terminal = placeOfLog()): TrainLog {
  const { hooks, view, clear } = watching(terminal);
  const { onNote, onStart, onBroken, onStep, onEpoch, onWarning = hooks.onWarning } = given;
  return {
    watch: {
      ...given,
      onWarning,
      onNote: (text) => {
        hooks.onNote(text);
        onNote?.(text);
      },
      onStart: (start) => {
        hooks.onStart(start);
        onStart?.(start);
      },
      onBroken: (problem) => {
        hooks.onBroken(problem);
        onBroken?.(problem);
      },
      onStep: (event) => {
        hooks.onStep(event);
        onStep?.(event);
      },
      onEpoch: (record) => {
        hooks.onEpoch(record);
        onEpoch?.(record);
      },
    },
    end: (outcome) => {
      clear();
      const lines = outcome === undefined ? [] : view.reached(outcome);
      if (lines.length > 0) terminal.write(`\n${lines.join("\n")}\n`);
    },
  };
}

/** The standard error stream, and elsewhere than in Deno the console. */
function placeOfLog(): Terminal {
  return "Deno" in globalThis ? standardError() : {
    write: (text) => console.error(text.trimEnd()),
    isTerminal: false,
    color: false,
    columns: () => 80,
  };
}
