/**
 * What a run has recorded: its steps from a place in their file on, so that a long run is read once
 * and then followed, and its epochs.
 */
import { readMetrics } from "../files/metrics.ts";
import { LARGEST, openRegular, readPart } from "../files/regular.ts";
import { isMissing } from "../files/io_problem.ts";
import { openRun } from "../files/run_folder.ts";
import { stepOf, type StepRecord } from "../files/steps.ts";
import { attempt, orThrow, ProblemError, type Result, right } from "../fp.ts";
import { epochsOf } from "../training/record.ts";
import { placeOf } from "./_place.ts";
import { boardRun } from "./_runs.ts";
import type { Recorded, StepColumns } from "./wire.ts";

/** The place from which everything is read. */
export const START = "-0";

/** Everything that a run has recorded. */
export function recorded(root: string, id: string): Promise<Result<Recorded>> {
  return attempt(async () => {
    const folder = orThrow(await placeOf(root, id));
    const { run } = orThrow(await openRun(folder, right));
    const [steps, epochs] = await Promise.all([readOn(run.steps, START), readMetrics(run)]);
    return {
      id,
      ...steps,
      epochs: epochsOf(orThrow(epochs)),
      run: orThrow(await boardRun(root, id)),
    };
  });
}

/**
 * The steps that were written since a place, and the next place. The file of a run that was resumed
 * is another one, or shorter: then all of it is read.
 */
export async function readOn(
  path: string,
  at: string,
): Promise<Pick<Recorded, "at" | "anew" | "steps">> {
  const opened = await openRegular(path, LARGEST.metrics);
  if (opened._tag === "Left") {
    if (!opened.left.every(isMissing)) throw new ProblemError(opened.left);
    return { at: START, anew: at !== START, steps: columnsOf([]) };
  }
  using file = opened.right.file;
  const { ino, birthtime, size } = await file.stat();
  // A file system gives the number of a file that was removed to the next one.
  const name = `${ino ?? ""}.${birthtime?.getTime() ?? ""}`;
  const [of, place] = placeIn(at);
  const goesOn = of === name && place <= size;
  const from = goesOn ? place : 0;
  await file.seek(from, Deno.SeekMode.Start);
  const bytes = await readPart(file, size - from);
  // A last line without its end is still being written.
  const end = bytes.lastIndexOf(10) + 1;
  const lines = new TextDecoder().decode(bytes.subarray(0, end)).split("\n");
  return {
    at: `${name}-${from + end}`,
    anew: !goesOn && at !== START,
    steps: columnsOf(lines.flatMap((line) => stepOf(line) ?? [])),
  };
}

function placeIn(at: string): readonly [file: string, place: number] {
  const [, file = "", place = ""] = /^([\d.]*)-(\d{1,15})$/.exec(at) ?? [];
  return [file, Number(place)];
}

function columnsOf(steps: readonly StepRecord[]): StepColumns {
  return {
    step: steps.map(({ step }) => step),
    loss: steps.map(({ loss }) => loss),
    accuracy: steps.map(({ accuracy }) => accuracy ?? null),
    rate: steps.map(({ rate }) => rate),
  };
}
