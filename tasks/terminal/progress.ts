/**
 * Progress of training, while it runs: on a terminal a line that is redrawn in
 * its place, with a curve above it when there is one, elsewhere a plain line now and then, so that a log stays
 * short and free of control characters.
 */
import { printable } from "../../dsl/problem/escape.ts";
import { plainProgressLine, progressLine, type ProgressView } from "./progress_line.ts";
import type { Terminal } from "./terminal.ts";

export interface ProgressStep extends Pick<ProgressView, "loss" | "accuracy"> {
  readonly epoch: number;
  readonly step: number;
  readonly steps: number;
  readonly images: number;
}

export interface ProgressOptions {
  readonly epochs: number;
  readonly terminal: Terminal;
  /** What stands in place of `epoch 3/200`, for work that has no epochs. */
  readonly title?: string;
  /** Lines to draw above the one that is redrawn, on a terminal, of at most that number of columns. */
  readonly above?: (columns: number) => readonly string[];
  /** The clock, in milliseconds; `performance.now` by default. */
  readonly now?: () => number;
}

/** Progress that is being shown. */
export interface Progress {
  /** Says where training stands; shown when it is time to. Cheap enough for every step. */
  readonly update: (step: ProgressStep) => void;
  /** Puts a line that stays in the place of the one that is redrawn: call it at the end of every epoch. */
  readonly finish: (line: string) => void;
  readonly clear: () => void;
}

interface Sample {
  readonly time: number;
  readonly images: number;
}

const REDRAW_MS = 100;
const PLAIN_MS = 30_000;
const WINDOW_MS = 10_000;
const ERASE = "\r\x1b[K";
const ERASE_ABOVE = "\x1b[1A\x1b[K";

/**
 * Starts showing progress.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { progress } from "./progress.ts";
 *
 * const written: string[] = [];
 * const terminal = {
 *   write: (text: string) => void written.push(text),
 *   isTerminal: false,
 *   color: false,
 *   columns: () => 80,
 * };
 * const shown = progress({ epochs: 2, terminal });
 * shown.update({ epoch: 1, step: 1, steps: 10, images: 64, loss: 2.3 });
 * shown.finish("epoch 1/2: loss 1.9");
 * assertEquals(written, ["epoch 1/2: loss 1.9\n"]);
 * ```
 */
export function progress(options: ProgressOptions): Progress {
  const { epochs, terminal, now = () => performance.now() } = options;
  const { draw = terminal.write } = terminal;
  const title = options.title && printable(options.title);
  const pace = paceOf(epochs);
  let shownAt: number | undefined;
  /** How many lines are to be redrawn. */
  let drawn = 0;

  const erasing = (): string => drawn === 0 ? "" : ERASE + ERASE_ABOVE.repeat(drawn - 1);
  const clear = (): void => {
    if (drawn > 0) draw(erasing());
    drawn = 0;
  };
  return {
    update: (step) => {
      const time = now();
      const { rate, secondsLeft } = pace.add(step, time);
      const view: ProgressView = {
        title: title ??
          `epoch ${`${step.epoch}`.padStart(`${epochs}`.length)}/${epochs}`,
        done: step.step / step.steps,
        rate,
        loss: step.loss,
        accuracy: step.accuracy,
        secondsLeft,
      };
      if (terminal.isTerminal) {
        const due = shownAt === undefined || time - shownAt >= REDRAW_MS;
        if (!due && step.step < step.steps) return;
        shownAt = time;
        const { color } = terminal;
        // A terminal shows Ctrl-C as ^C behind the line, which must not wrap then.
        const line = progressLine(view, { columns: terminal.columns() - 2, color });
        const lines = [...options.above?.(terminal.columns() - 1) ?? [], line];
        draw((drawn === 0 ? ERASE : erasing()) + lines.join("\n"));
        drawn = lines.length;
      } else {
        shownAt ??= time;
        if (time - shownAt < PLAIN_MS) return;
        shownAt = time;
        terminal.write(`${plainProgressLine(view)}\n`);
      }
    },
    finish: (line) => {
      clear();
      terminal.write(`${line}\n`);
      pace.pause();
      shownAt = terminal.isTerminal ? undefined : now();
    },
    clear,
  };
}

interface Pace {
  add(step: ProgressStep, time: number): Pick<ProgressView, "rate" | "secondsLeft">;
  pause(): void;
}

/**
 * Speed and time left. The rate is that of the last ten seconds of an epoch;
 * the time left goes by the steps since the first update, pauses between
 * epochs included. The first step, which loads the program, counts for neither.
 */
function paceOf(epochs: number): Pace {
  let start: { readonly time: number; readonly steps: number } | undefined;
  let samples: Sample[] = [];
  return {
    add: ({ epoch, step, steps, images }, time) => {
      const done = (epoch - 1) * steps + step;
      start ??= { time, steps: done };
      if (images < (samples.at(-1)?.images ?? 0)) samples = [];
      samples = samples.filter((sample) => time - sample.time <= WINDOW_MS);
      samples.push({ time, images });
      const first = samples[0];
      const rate = first === undefined || first.time === time
        ? undefined
        : (images - first.images) / (time - first.time) * 1000;
      const perStep = (time - start.time) / (done - start.steps) / 1000;
      const secondsLeft = perStep * (epochs * steps - done);
      return { rate, secondsLeft: Number.isFinite(secondsLeft) ? secondsLeft : undefined };
    },
    pause: () => {
      samples = [];
    },
  };
}
