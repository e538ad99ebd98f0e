/** The columns of the table of runs: what they say, and by what they sort. */
import { count, duration, percent } from "../../../terminal/format.ts";
import type { BoardRun } from "../../wire.ts";

export interface Column {
  readonly title: string;
  /** Whether it holds numbers, which end at the same place and begin with the largest. */
  readonly isNumber: boolean;
  readonly text: (run: BoardRun) => string;
  readonly by: (run: BoardRun) => number | string;
}

const STATES = { running: "training", finished: "done", stopped: "stopped" } as const;

/** What a run is doing, in the board's words. */
export function stateOf({ state }: BoardRun): string {
  return STATES[state];
}

const shareText = (share: number | undefined): string => share === undefined ? "" : percent(share);

const words = (title: string, text: (run: BoardRun) => string): Column => ({
  title,
  isNumber: false,
  text,
  by: text,
});

const numbers = (
  title: string,
  by: (run: BoardRun) => number | undefined,
  text: (run: BoardRun) => string,
): Column => ({ title, isNumber: true, text, by: (run) => by(run) ?? -1 });

export const COLUMNS: readonly Column[] = [
  words("run", ({ id }) => id),
  words("state", stateOf),
  words("network", ({ network }) => network),
  words("data", ({ data }) => data),
  numbers("held out", ({ heldOut }) => heldOut, ({ heldOut }) => shareText(heldOut)),
  numbers("test", ({ test }) => test, ({ test }) => shareText(test)),
  numbers(
    "parameters",
    ({ parameters }) => parameters,
    ({ parameters }) => parameters === undefined ? "" : count(parameters),
  ),
  numbers("epochs", ({ epochs: [done] }) => done, ({ epochs }) => epochs.join("/")),
  numbers("trained", ({ seconds }) => seconds, ({ seconds }) => duration(seconds)),
];

/** Runs of which some column holds a text, in the order of a column. */
export function arranged(
  runs: readonly BoardRun[],
  { filter, column, isDown }: {
    readonly filter: string;
    readonly column: Column | undefined;
    readonly isDown: boolean;
  },
): readonly BoardRun[] {
  const wanted = filter.trim().toLowerCase().split(/\s+/);
  const kept = runs.filter((run) => {
    const all = COLUMNS.map(({ text }) => text(run)).join(" ").toLowerCase();
    return wanted.every((word) => all.includes(word));
  });
  if (column === undefined) return kept;
  const { by } = column;
  const sign = isDown ? -1 : 1;
  return kept.toSorted((a, b) => {
    const [x, y] = [by(a), by(b)];
    return sign * (x < y ? -1 : x > y ? 1 : 0);
  });
}
