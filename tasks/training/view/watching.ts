/** Watching a training for people: its data, its beginning, its progress, its warnings. */
import { printable } from "../../../dsl/problem/escape.ts";
import { brokenLine } from "../../terminal/data_status.ts";
import { statusLine } from "../../terminal/status_line.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { TrainWatch } from "../request.ts";
import { type TrainView, trainView } from "./view.ts";

/** What is called as a training goes on. */
type Hooks = Required<
  Pick<TrainWatch, "onNote" | "onWarning" | "onStart" | "onBroken" | "onStep" | "onEpoch">
>;

export interface Watching {
  readonly hooks: Hooks;
  readonly view: TrainView;
  /** Takes away what is redrawn. */
  readonly clear: () => void;
}

/** Shows a training on a terminal. */
export function watching(
  terminal: Terminal,
  options: { readonly written?: string } = {},
): Watching {
  const view = trainView(terminal, options);
  const status = statusLine(terminal);
  return {
    view,
    hooks: {
      onNote: status.show,
      onWarning: (text) => {
        status.clear();
        view.note(`note: ${printable(text)}`);
      },
      onStart: (start) => {
        status.clear();
        view.onStart(start);
      },
      onBroken: (problem) =>
        view.note(`warning: a file is broken; its place is left empty\n${brokenLine(problem)}`),
      onStep: view.onStep,
      onEpoch: view.onEpoch,
    },
    clear: () => {
      status.clear();
      view.clear();
    },
  };
}
