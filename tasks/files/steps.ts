/**
 * The steps of a run: `steps.csv`, one line each under a line of names, appended as training
 * proceeds, so that a spreadsheet or pandas reads it as it is. A kill can leave the last line torn,
 * and lines behind the last checkpoint; a run that is resumed drops both.
 */
import { attempt, E, left, orThrow, pipe, refused, type Result, right } from "../fp.ts";
import { append } from "./append.ts";
import { readText, writeAtomic } from "./atomic.ts";
import { isMissing } from "./io_problem.ts";
import { showJson } from "./json.ts";
import { LARGEST } from "./regular.ts";
import type { RunFolder } from "./run_folder.ts";

/** One step's figures, a line of `steps.csv`. */
export interface StepRecord {
  /** Steps done in all, this one among them. */
  readonly step: number;
  /** The epoch, from 1. */
  readonly epoch: number;
  /** The run's own loss on the step's images, before its weights changed. */
  readonly loss: number;
  /** The accuracy on them, as the loss counts it; none of a loss without one. */
  readonly accuracy?: number;
  /** The learning rate. */
  readonly rate: number;
  /** The common norm of all gradients, before anything is done to them; where it was measured. */
  readonly gradientNorm?: number;
  /** Seconds since the step before was done, in this process. */
  readonly seconds: number;
}

const COLUMNS = ["step", "epoch", "loss", "accuracy", "rate", "gradientNorm", "seconds"] as const;
const HEADER = COLUMNS.join();

/** Adds steps, and waits until they have reached the disk. */
export function appendSteps(
  { steps }: Pick<RunFolder, "steps">,
  records: readonly StepRecord[],
): Promise<Result<void>> {
  if (records.length === 0) return Promise.resolve(right(undefined));
  const lines = records.map((record) => `${lineOf(record)}\n`).join("");
  return append(steps, lines, { heading: `${HEADER}\n` });
}

/** Every step, oldest first; none of a run that has none, or of an earlier version. */
export async function readSteps(
  { steps }: Pick<RunFolder, "steps">,
): Promise<Result<readonly StepRecord[]>> {
  return pipe(
    await textOf(steps),
    E.flatMap((text) => recordsOf(steps, linesOf(text))),
  );
}

/** Keeps the steps up to one, and drops a torn last line: on resuming, what is newer than the checkpoint. */
export function truncateSteps(
  { steps }: Pick<RunFolder, "steps">,
  last: number,
): Promise<Result<void>> {
  return attempt(async () => {
    const text = orThrow(await textOf(steps));
    const kept = orThrow(keptOf(steps, linesOf(text), last));
    if (kept !== text) orThrow(await writeAtomic(steps, kept));
  });
}

async function textOf(path: string): Promise<Result<string>> {
  return pipe(
    await readText(path, { atMost: LARGEST.metrics }),
    E.orElse((problems) => problems.every(isMissing) ? right("") : left(problems)),
  );
}

/** The lines of a text, but for a last one that has no end. */
function linesOf(text: string): readonly string[] {
  return text.split("\n").slice(0, -1);
}

function recordsOf(
  path: string,
  [header = HEADER, ...lines]: readonly string[],
): Result<readonly StepRecord[]> {
  if (header !== HEADER) return broken(path, 1, header, HEADER);
  const records = lines.map(stepOf);
  const bad = records.findIndex((record, i) =>
    record === undefined || record.step <= (records[i - 1]?.step ?? 0)
  );
  return bad < 0
    ? right(records.flatMap((record) => record ?? []))
    : broken(path, bad + 2, lines[bad], "a number under each name, and a step after the last");
}

function keptOf(path: string, lines: readonly string[], last: number): Result<string> {
  return pipe(
    recordsOf(path, lines),
    E.map((records) => {
      const kept = lines.filter((_, i) => i === 0 || (records[i - 1]?.step ?? Infinity) <= last);
      return kept.length < 2 ? "" : `${kept.join("\n")}\n`;
    }),
  );
}

function broken(
  path: string,
  line: number,
  got: string | undefined,
  wanted: string,
): Result<never> {
  return refused({ path, layer: "file", code: "broken-file" }, {
    rule: "every line of the steps must hold what the first one names",
    got: `line ${line}: ${showJson(got)}`,
    wanted,
    hint: "remove or correct the line; without the file the run goes on, and its steps are lost",
  });
}

/** Nine digits hold a float32 exactly. */
function numberText(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? "" : `${Number(value.toPrecision(9))}`;
}

function lineOf(record: StepRecord): string {
  return COLUMNS.map((name) => numberText(record[name])).join();
}

/** The step that a line of the file holds; nothing of its first line, and of one that is broken. */
export function stepOf(line: string): StepRecord | undefined {
  const texts = line.split(",");
  if (texts.length !== COLUMNS.length) return undefined;
  // A board reads hundreds of thousands at once: nothing is made for a line but its record.
  const [step = "", epoch = "", loss = "", accuracy = "", rate = "", norm = "", seconds = ""] =
    texts;
  const record: { -readonly [K in keyof StepRecord]: StepRecord[K] } = {
    step: numberIn(step),
    epoch: numberIn(epoch),
    loss: numberIn(loss),
    rate: numberIn(rate),
    seconds: numberIn(seconds),
  };
  if (accuracy !== "") record.accuracy = numberIn(accuracy);
  if (norm !== "") record.gradientNorm = numberIn(norm);
  const isCounted = Number.isSafeInteger(record.step) && Number.isSafeInteger(record.epoch);
  return isCounted && Object.values(record).every(Number.isFinite) ? record : undefined;
}

function numberIn(text: string): number {
  return text === "" ? NaN : Number(text);
}
