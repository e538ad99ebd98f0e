/**
 * One line that says how far training has come. On a terminal it holds a bar and takes exactly what
 * fits: where the terminal is narrow the less important parts are left out.
 */
import { cyan } from "@std/fmt/colors.js";
import { count, duration, percent } from "./format.ts";
import { cutEnd, displayWidth } from "./width.ts";

export interface ProgressView {
  /** What is going on: `epoch 3/200`. */
  readonly title: string;
  /** The share of it that is done, from 0 to 1. */
  readonly done: number;
  readonly rate?: number | undefined;
  readonly loss?: number | undefined;
  readonly accuracy?: number | undefined;
  /** The time until everything is done, in seconds, when known. */
  readonly secondsLeft?: number | undefined;
}

export interface LineOptions {
  /** The terminal's width in columns; the last one stays free, so that nothing wraps. */
  readonly columns: number;
  readonly color: boolean;
}

const WIDEST_BAR = 30;

/** How much room the parts of a line are given. */
interface Style {
  readonly long: boolean;
  readonly gap: string;
  /** The narrowest bar, in columns. */
  readonly bar: number;
}

const WIDE: Style = { long: true, gap: "  ", bar: 10 };
const NARROW: Style = { long: false, gap: " ", bar: 6 };

/**
 * The line for a terminal, without a line break.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { progressLine } from "./progress_line.ts";
 *
 * assertEquals(
 *   progressLine({ title: "epoch 3/20", done: 0.5, loss: 1.25 }, { columns: 49, color: false }),
 *   "epoch 3/20  [======>       ]   50 %  loss 1.2500",
 * );
 * ```
 */
export function progressLine(view: ProgressView, options: LineOptions): string {
  const room = options.columns - 1;
  const whole = fitted(view, WIDE, Infinity, options);
  if (whole !== undefined) return whole;
  const parts = partsOf(view, NARROW).length;
  for (let kept = parts; kept >= 0; kept--) {
    const line = fitted(view, NARROW, kept, options);
    if (line !== undefined) return line;
  }
  return cutEnd(`${view.title} ${wholePercent(view.done)}`, room);
}

/** The line with a bar and a number of parts, if there is room for it. */
function fitted(
  view: ProgressView,
  style: Style,
  kept: number,
  { columns, color }: LineOptions,
): string | undefined {
  const { gap } = style;
  const texts = partsOf(view, style).filter(({ rank }) => rank < kept).map(({ text }) => text);
  const bar = columns - 1 - displayWidth([view.title, ...texts].join(gap)) - gap.length;
  if (bar < style.bar) return undefined;
  const drawn = drawBar(view.done, Math.min(bar, WIDEST_BAR), color);
  return [view.title, drawn, ...texts].join(gap);
}

/** The line for a file: every part, no bar. */
export function plainProgressLine(view: ProgressView): string {
  return [view.title, ...partsOf(view, WIDE).map(({ text }) => text)].join(WIDE.gap);
}

interface Part {
  readonly text: string;
  /** How soon it is left out: the highest first. */
  readonly rank: number;
}

function partsOf(view: ProgressView, { long }: Style): readonly Part[] {
  const { done, rate, loss, accuracy, secondsLeft } = view;
  const parts: readonly (string | undefined)[] = [
    wholePercent(done).padStart(5),
    rate === undefined ? undefined : `${count(rate)} ${long ? "images/s" : "img/s"}`,
    loss === undefined ? undefined : `loss ${loss.toFixed(long ? 4 : 3)}`,
    accuracy === undefined ? undefined : `${long ? "accuracy" : "acc"} ${percent(accuracy, 1)}`,
    secondsLeft === undefined ? undefined : `${duration(secondsLeft)} left`,
  ];
  const RANKS = [0, 4, 1, 3, 2] as const;
  const present = parts.flatMap((text, i) =>
    text === undefined ? [] : [{ text, rank: RANKS[i] ?? 0 }]
  );
  const order = present.map(({ rank }) => rank).sort((a, b) => a - b);
  return present.map(({ text, rank }) => ({ text, rank: order.indexOf(rank) }));
}

function wholePercent(done: number): string {
  return `${Math.floor(clamped(done) * 100)} %`;
}

function drawBar(done: number, width: number, color: boolean): string {
  const inside = width - 2;
  const length = Math.round(clamped(done) * inside);
  const filled = "=".repeat(Math.max(0, length - 1)) +
    (length === 0 ? "" : length === inside ? "=" : ">");
  const shown: string = color && filled !== "" ? cyan(filled) : filled;
  return `[${shown}${" ".repeat(inside - length)}]`;
}

function clamped(done: number): number {
  return Math.min(1, Math.max(0, done));
}
