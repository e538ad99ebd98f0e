/** What a person sees of a study that runs: which arm, how far, what it reached. */
import { printable } from "../../dsl/problem/escape.ts";
import type { Study } from "./study.ts";
import type { RunEnd, StudyWatch } from "./run_study.ts";
import { indented } from "./table.ts";
import { percent } from "../terminal/format.ts";
import { type Progress, progress } from "../terminal/progress.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { brokenLine } from "../terminal/data_status.ts";
import { lossCurve } from "../training/view/loss_curve.ts";

export interface StudyView
  extends Required<Pick<StudyWatch, "onRun" | "onStep" | "onRunEnd" | "onBroken">> {
  readonly note: (line: string) => void;
  readonly clear: () => void;
}

/** Shows a study: a line that is redrawn during a run, and one that stays when it has ended. */
export function studyView(study: Study, terminal: Terminal): StudyView {
  let bar: Progress | undefined;
  let begun = false;
  let label = "";
  let curve = lossCurve();
  const clear = (): void => bar?.clear();
  const note = (line: string): void => {
    clear();
    terminal.write(`${line}\n`);
  };
  return {
    onRun: ({ arm, seed }, { place, all, resumed, engine }) => {
      if (!begun) {
        const { scale, title, source, arms } = study;
        note(
          printable(`${title}, ${source}; ${scale.name} scale, ${arms.length} arms, ${all} runs`),
        );
        const data = [...new Set(arms.map((arm) => arm.data))].join(" and ");
        for (const line of indented(terminal.columns())(`trained on ${data}`)) {
          note(printable(line));
        }
        for (const line of scale.notes.flatMap(indented(terminal.columns()))) note(line);
        note(`${printable(`  engine ${engine}`)}\n`);
        begun = true;
      }
      label = printable(
        `${`${place}`.padStart(`${all}`.length)}/${all} ${arm.title}, seed ${seed}`,
      );
      curve = lossCurve();
      bar = progress({ epochs: 1, terminal, title: label, above: curve.lines });
      if (resumed) note(`${label}: resumed where it was stopped`);
    },
    onStep: (event) => {
      const { step, steps, images, loss, accuracy } = event;
      curve.add(event);
      bar?.update({ epoch: 1, step, steps, images: step * images, loss, accuracy });
    },
    onRunEnd: (_, end) => {
      const line = `${label}: ${outcome(end)}`;
      if (bar === undefined) note(line);
      else bar.finish(line);
    },
    onBroken: (problem) => note(`warning: a file is broken\n${brokenLine(problem)}`),
    note,
    clear,
  };
}

function outcome(end: RunEnd): string {
  if (end.kind === "diverged") return `diverged, ${end.reason}`;
  const from = end.kind === "copied" ? `, the same run as ${end.from}` : "";
  return `test error ${percent(1 - end.top1)}${from}`;
}
