/** The curve of the training loss, live in the terminal, from what steps tell. */
import { smoothed, Trace } from "../../charts/trace.ts";
import { curveText } from "../../terminal/curve.ts";
import { cutEnd } from "../../terminal/width.ts";
import type { StepEvent } from "../loop.ts";

export interface LossCurve {
  /** Takes a step, or several since the last. */
  readonly add: (event: StepEvent) => void;
  /** Its lines, a title first; none as long as there is nothing to draw. */
  readonly lines: (columns: number) => readonly string[];
}

/** The curve's height in lines, and its points and columns at most. */
const CURVE = { rows: 6, points: 512, columns: 72 } as const;

export function lossCurve(): LossCurve {
  const losses = new Trace(CURVE.points);
  let last: StepEvent | undefined;
  return {
    add: (event) => {
      losses.add(lossOfStep(event, last));
      last = event;
    },
    lines: (columns) => {
      const size = { columns: Math.min(columns, CURVE.columns), rows: CURVE.rows };
      const curve = curveText(smoothed(losses.values), size);
      const title = cutEnd("training loss of this session, step by step", columns);
      return curve.length === 0 ? [] : [title, ...curve];
    },
  };
}

/** The loss of the steps since the last event, of which only the epoch's means are told. */
function lossOfStep(now: StepEvent, before: StepEvent | undefined): number {
  if (before === undefined || before.epoch !== now.epoch) return now.loss;
  const steps = now.batch - before.batch;
  return (now.loss * now.batch - before.loss * before.batch) / steps;
}
