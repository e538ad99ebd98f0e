/** What a person sees of a range test: what is tried, how far it is, what it says. */
import { printable, shellWord } from "../../dsl/problem/escape.ts";
import { wrapped } from "../../dsl/problem/wrap.ts";
import { count } from "../terminal/format.ts";
import { curveText } from "../terminal/curve.ts";
import { lossCurve } from "../training/view/loss_curve.ts";
import { type Progress, progress } from "../terminal/progress.ts";
import { pad } from "../terminal/width.ts";
import type { Terminal } from "../terminal/terminal.ts";
import type { AskedTraining } from "../train/asked.ts";
import type { RateStart, RateTest, RateWatch } from "../training/find_rate.ts";
import { frameOf } from "../charts/rate_chart.ts";
import { optimizerText } from "../training/recipe_text.ts";
import { adviceText, endText, rateText } from "./words.ts";
import { PROGRAM } from "../program_name.ts";

export interface TestView extends Required<Pick<RateWatch, "onStart" | "onStep">> {
  readonly note: (line: string) => void;
  readonly clear: () => void;
}

/** Shows a test while it runs. */
export function testView(asked: AskedTraining, terminal: Terminal): TestView {
  let bar: Progress | undefined;
  const curve = lossCurve();
  const clear = (): void => bar?.clear();
  return {
    onStart: (start) => {
      terminal.write(`${startText(asked, start)}\n\n`);
      bar = progress({ epochs: 1, terminal, title: "trying rates", above: curve.lines });
    },
    onStep: (event) => {
      const { step, steps, images, record } = event;
      curve.add(event);
      bar?.update({ epoch: 1, step, steps, images: step * images, loss: record?.loss });
    },
    note: (line) => {
      clear();
      terminal.write(`${line}\n`);
    },
    clear,
  };
}

function startText({ name, data, recipe }: AskedTraining, start: RateStart): string {
  const { batch, optimizer, sizes: [first] = [] } = recipe;
  const { images, steps, minRate, maxRate, engine } = start;
  const small = first === undefined ? "" : `, of ${first.size}x${first.size} as at first`;
  return [
    printable(`${name} on ${data.name}: a learning rate range test`),
    `  images   ${count(images)} to learn from${small}`,
    `  steps    ${count(steps)} of ${batch} images, until the loss explodes`,
    `  rates    ${rateText(minRate)} to ${rateText(maxRate)}, by ${optimizerText(optimizer)}`,
    printable(`  engine   ${engine}`),
  ].join("\n");
}

/** The height of the curve in lines, and its columns at most. */
const CURVE = { rows: 8, columns: 72 } as const;

/** The end of a test as text: its curve, its rates, and the command that trains with what it suggests. */
export function resultText(
  found: RateTest,
  given: readonly string[],
  columns: number,
): string {
  const { steepest, lowest, suggestion } = found;
  const rates = [
    ...(steepest === undefined ? [] : [`steepest descent  ${rateText(steepest)}`]),
    ...(lowest === undefined ? [] : [`lowest loss       ${rateText(lowest)}`]),
  ];
  const options = [...given, "--lr", `${suggestion}`].map(shellWord).join(" ");
  return [
    ...curveLines(found, Math.min(columns, CURVE.columns)),
    ...rates,
    ...wrapped(adviceText(found), columns),
    ...(suggestion === undefined ? [] : ["", "to train with it:", `  ${PROGRAM} train ${options}`]),
  ].join("\n");
}

/** The smoothed loss against the rate, as far as the picture shows it. */
function curveLines(found: RateTest, columns: number): readonly string[] {
  const { steps } = found;
  const [, most] = frameOf(steps);
  const shown = steps.map(({ smoothed }) => Math.min(most, smoothed));
  const lines = curveText(shown, { columns, rows: CURVE.rows });
  if (lines.length === 0) return [];
  const [first, last] = [steps[0], steps.at(-1)].map((step) => rateText(step?.rate ?? NaN));
  const axis = `${first} ${pad(`${last}`, columns - 1 - `${first}`.length, "right")}`;
  return [`smoothed loss by learning rate; ${endText(found)}`, ...lines, axis, ""];
}
