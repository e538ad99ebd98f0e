/** Runs as text, as CSV and as JSON. */
import { csv, printable } from "../../dsl/problem/escape.ts";
import { wrapped } from "../../dsl/problem/wrap.ts";
import { duration, percent } from "../terminal/format.ts";
import { table } from "../terminal/table.ts";
import { displayWidth } from "../terminal/width.ts";
import type { ListedRun } from "./listed.ts";
import { apart } from "./settings.ts";

const HEADER = ["run", "epochs", "held out", "test", "trained", "what tells it apart"];
const ALIGN = ["left", "right", "right", "right", "right", "left"] as const;

/** Runs in tables, one for each network on each data set, and in each what tells its runs apart. */
export function runsText(runs: readonly ListedRun[], columns: number): string {
  const groups = Map.groupBy(runs, ({ network, data }) => `${network} on ${data}`);
  return [...groups].map(([title, own]) => {
    const told = apart(own.map(({ settings }) => settings)).map((words) => words.join(", "));
    return [printable(title), "", ...tableLines(own.map(cellsOf), told, columns)].join("\n");
  }).join("\n\n");
}

/** The narrowest that the last column gets beside the others; in less room it goes below them. */
const NARROWEST = 24;
const GAP = 2;

/** The lines of a table of runs, with what tells each apart in as many lines as that takes. */
function tableLines(
  rows: readonly (readonly string[])[],
  told: readonly string[],
  columns: number,
): readonly string[] {
  const room = columns - widthOf(rows);
  if (room >= NARROWEST) {
    const cells = rows.flatMap((row, i) => {
      const [first = "", ...more] = wrapped(told[i] ?? "", room);
      return [[...row, first], ...more.map((line) => [...row.map(() => ""), line])];
    });
    return table(cells, { header: HEADER, align: ALIGN }).split("\n");
  }
  const [names = "", rule = "", ...lines] = table(rows, {
    header: HEADER.slice(0, -1),
    align: ALIGN,
  })
    .split("\n");
  const below = (i: number) => told[i] === "" ? [] : wrapped(told[i] ?? "", columns - GAP);
  return [
    names,
    rule,
    ...lines.flatMap((line, i) => [line, ...below(i).map((words) => `${" ".repeat(GAP)}${words}`)]),
  ];
}

/** The columns of a terminal that all columns of the table but the last take. */
function widthOf(rows: readonly (readonly string[])[]): number {
  return HEADER.slice(0, -1).reduce(
    (sum, title, i) =>
      sum + GAP + Math.max(title.length, ...rows.map((row) => displayWidth(row[i] ?? ""))),
    0,
  );
}

/** What a run is and what it reached; its state where it has not been tested. */
export function cellsOf(
  { folder, epochs, best, test, state, seconds }: ListedRun,
): readonly string[] {
  return [
    folder,
    epochs.join("/"),
    best?.validationAccuracy === undefined ? "" : percent(best.validationAccuracy),
    test === undefined ? state : percent(test.top1),
    duration(seconds),
  ];
}

/** Runs for programs: what they are, what they reached, and every setting. */
export function runsJson(runs: readonly ListedRun[]): readonly object[] {
  return runs.map(({ epochs: [done, all], begun, ...run }) => ({
    ...run,
    epochs: { done, all },
    begun: begun.toISOString(),
  }));
}

/** Runs as CSV (RFC 4180): plain numbers, and a column for every setting that one of them has. */
export function runsCsv(runs: readonly ListedRun[]): string {
  const settings = [...new Set(runs.flatMap((run) => Object.keys(run.settings)))];
  const rows = runs.map(({ settings: own, epochs: [done], begun, best, test, ...run }) => [
    ...[run.folder, run.network, run.data, run.state, begun.toISOString(), done, run.steps],
    ...[best?.epoch, best?.validationAccuracy, test?.images, test?.loss, test?.top1, test?.top5],
    ...[run.seconds, run.engines.join("; "), ...settings.map((name) => own[name])],
  ]);
  const names = [
    ...["folder", "network", "data", "state", "begun", "epochsDone", "stepsDone", "bestEpoch"],
    ...["validationAccuracy", "testImages", "testLoss", "testTop1", "testTop5", "secondsTrained"],
    ...["computedBy", ...settings],
  ];
  return [names, ...rows].map((row) => `${row.map((cell) => csv(`${cell ?? ""}`)).join()}\n`)
    .join("");
}
