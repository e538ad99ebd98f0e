/**
 * A run in TensorBoard's event files, `tensorboard/train`, `validation` and `test` in its folder, so
 * that `tensorboard --logdir runs` shows it while it trains. They hold what `steps.csv` and
 * `metrics.jsonl` do, and are made of them anew when a process begins to train: no step stands there
 * twice, however often the run was killed.
 */
import { join } from "@std/path";
import { attempt, orThrow, ProblemError, type Result } from "../fp.ts";
import { append } from "../files/append.ts";
import { makeFolder, onPath } from "../files/atomic.ts";
import type { ScalarEvent } from "../files/event_file.ts";
import { readMetrics } from "../files/metrics.ts";
import { notRegular } from "../files/regular.ts";
import type { RunFolder } from "../files/run_folder.ts";
import { readSteps, type StepRecord } from "../files/steps.ts";
import type { Figures } from "./measure.ts";
import { type EpochRecord, epochsOf, testOf } from "./record.ts";

/** Event files of a run, which are added to while it trains. */
export interface Tensorboard {
  readonly addSteps: (records: readonly StepRecord[]) => Promise<Result<void>>;
  readonly addEpoch: (record: EpochRecord) => Promise<Result<void>>;
  readonly addTest: (figures: Figures, step: number) => Promise<Result<void>>;
}

const partFolder = ({ folder }: RunFolder, part = ""): string => join(folder, "tensorboard", part);

/** Whether a run has event files. */
export async function hasTensorboard(run: RunFolder): Promise<boolean> {
  return await Deno.stat(partFolder(run)).then(() => true, () => false);
}

/** Makes a run's event files of what it has recorded. Needs `--allow-write` for its folder. */
export function openTensorboard(run: RunFolder): Promise<Result<Tensorboard>> {
  return attempt(async () => {
    const steps = orThrow(await readSteps(run));
    const records = orThrow(await readMetrics(run));
    const train = await openPart(partFolder(run, "train"));
    const validation = await openPart(partFolder(run, "validation"));
    const test = await openPart(partFolder(run, "test"));
    const board: Tensorboard = {
      addSteps: (records) => train(stepEvents(records)),
      addEpoch: (record) => validation(epochEvents([record])),
      addTest: (figures, step) => test([testEvent(figures, step)]),
    };
    const epochs = epochsOf(records);
    const measured = testOf(records);
    orThrow(await train(stepEvents(steps)));
    orThrow(await validation(epochEvents(epochs)));
    if (measured !== undefined) orThrow(await board.addTest(measured, epochs.at(-1)?.step ?? 0));
    return board;
  });
}

/** A part of a run: adds events to its file. */
type Part = (events: readonly ScalarEvent[]) => Promise<Result<void>>;

/** Begins a part with an empty file, the same one as before: whoever watches it reads on. */
async function openPart(folder: string): Promise<Part> {
  const path = join(folder, "events.out.tfevents.netfold");
  orThrow(await onPath(path, "write", () => emptied(path))());
  return (events) =>
    attempt(async () => {
      const [first] = events;
      if (first === undefined) return;
      orThrow(await makeFolder(folder)());
      const { eventFileHead, eventRecords } = await import("../files/event_file.ts");
      orThrow(await append(path, eventRecords(events), { heading: eventFileHead(first.time) }));
    });
}

/** Takes everything out of a file, if there is one. */
async function emptied(path: string): Promise<void> {
  const found = await Deno.lstat(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  if (found === undefined) return;
  if (!found.isFile) throw new ProblemError([notRegular(path, "replaced")]);
  await Deno.truncate(path);
}

/** Steps, the last of which was done just now. */
function stepEvents(records: readonly StepRecord[]): readonly ScalarEvent[] {
  let time = Date.now() / 1000;
  return records.toReversed().map(({ step, loss, accuracy, rate, gradientNorm, seconds }) => {
    const others = { learning_rate: rate, gradient_norm: gradientNorm, seconds };
    const event = { time, step, values: { loss, accuracy, ...others } };
    time -= seconds;
    return event;
  }).reverse();
}

/** Epochs, the last of which ended just now. */
function epochEvents(records: readonly EpochRecord[]): readonly ScalarEvent[] {
  let time = Date.now() / 1000;
  return records.toReversed().map(({ step, validationLoss, validationAccuracy, seconds }) => {
    const event = { time, step, values: { loss: validationLoss, accuracy: validationAccuracy } };
    time -= seconds;
    return event;
  }).reverse().filter(({ values }) => values.loss !== undefined);
}

function testEvent({ loss, top1 }: Figures, step: number): ScalarEvent {
  return { time: Date.now() / 1000, step, values: { loss, accuracy: top1 } };
}
