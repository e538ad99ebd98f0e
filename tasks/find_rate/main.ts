/**
 * `deno task find-rate [NET]`: which learning rate to train with, by a range test of the very
 * training that `deno task train` would begin. Ctrl-C ends it, with what was found so far.
 */
import { dirname, join } from "@std/path";
import { printable } from "../../dsl/problem/escape.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { engineChoice } from "../cli/engine_options.ts";
import { type Run, runner } from "../cli/arguments.ts";
import { EXIT } from "../cli/exit.ts";
import { orThrow } from "../fp.ts";
import { makeFolder, writeAtomic } from "../files/atomic.ts";
import { stemOf } from "../files/run_folder.ts";
import { brokenLine } from "../terminal/data_status.ts";
import { type Interrupt, onInterrupt } from "../terminal/interrupt.ts";
import { statusLine } from "../terminal/status_line.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";
import { type AskedTraining, requestOf } from "../train/asked.ts";
import { findRate, type RateTest } from "../training/find_rate.ts";
import { canDraw } from "../training/run_curves.ts";
import { type FindRateArguments, findRateCommand, trainingArguments } from "./options.ts";
import { pictureOf } from "./picture.ts";
import { resultText, testView } from "./view.ts";

export const run: Run = runner(findRateCommand, () => "find a learning rate", main);

async function main(given: FindRateArguments, args: readonly string[]): Promise<number> {
  const asked = await requestOf("find-rate", given);
  orThrow(await canDraw());
  const found = await watched(asked, given);
  if (found.steps.length === 0) return EXIT.interrupted;
  const picture = given.out ?? join("runs", "rates", `${stemOf(asked.name) || "network"}.svg`);
  const svg = orThrow(await pictureOf(asked, found));
  orThrow(await makeFolder(dirname(picture))());
  orThrow(await writeAtomic(picture, svg));
  const output = standardOutput();
  const text = resultText(found, trainingArguments(args), output.columns());
  output.write(`${text}\n\n${printable(picture)}\n`);
  // That no rate stands out is a result too.
  return found.end === "interrupted" ? EXIT.interrupted : EXIT.done;
}

/** Tries the rates with someone watching, who may press Ctrl-C. */
async function watched(asked: AskedTraining, given: FindRateArguments): Promise<RateTest> {
  const { minLr: minRate, maxLr: maxRate, steps } = given;
  const view = testView(asked, standardError());
  const status = statusLine(standardError());
  let interrupt: Interrupt | undefined;
  const { out: _, ...training } = asked;
  const found = await findRate(
    { ...training, ...engineChoice(given), ...defined({ minRate, maxRate, steps }) },
    {
      onNote: status.show,
      onWarning: status.note,
      onStart: (start) => {
        status.clear();
        interrupt = onInterrupt(() =>
          view.note("ending with this step; press Ctrl-C again to stop at once")
        );
        view.onStart(start);
      },
      onStep: view.onStep,
      onBroken: (problem) => view.note(`warning: a file is broken\n${brokenLine(problem)}`),
      interrupted: () => interrupt?.poll() ?? false,
    },
  ).finally(() => interrupt?.dispose());
  status.clear();
  view.clear();
  return orThrow(found);
}
