/**
 * Steps on their way to the run folder: they reach its file twice a second, for whoever watches the
 * run, and before each checkpoint. What is behind the last checkpoint a run that is resumed drops.
 */
import { attempt, orThrow, type Result, right } from "../fp.ts";
import type { RunFolder } from "../files/run_folder.ts";
import { appendSteps, type StepRecord } from "../files/steps.ts";
import type { Tensorboard } from "./tensorboard.ts";

/** Keeps steps. */
export interface StepKeeper {
  readonly add: (record: StepRecord) => void;
  /** Writes those that have come since, and waits until they are on the disk. */
  readonly write: () => Promise<Result<void>>;
}

/** Milliseconds after which steps are written though nobody waits for them. */
const OFTEN_MS = 500;

/** Keeps the steps of a run, and tells TensorBoard of them at each checkpoint; `now` is a clock. */
export function stepKeeper(
  run: Pick<RunFolder, "steps">,
  board: Pick<Tensorboard, "addSteps"> | undefined,
  now: () => number = () => performance.now(),
): StepKeeper {
  const waiting: StepRecord[] = [];
  const untold: StepRecord[] = [];
  let due = now() + OFTEN_MS;
  let last: Promise<Result<void>> = Promise.resolve(right(undefined));
  const toDisk = (): Promise<Result<void>> => {
    last = last.then(() =>
      attempt(async () => {
        const records = [...waiting];
        orThrow(await appendSteps(run, records));
        // Those that could not be written wait for the next time.
        waiting.splice(0, records.length);
      })
    );
    return last;
  };
  return {
    add: (record) => {
      waiting.push(record);
      if (board !== undefined) untold.push(record);
      if (now() < due) return;
      due = now() + OFTEN_MS;
      // What fails here fails again when somebody waits for it.
      toDisk().catch(() => {});
    },
    write: () =>
      attempt(async () => {
        orThrow(await toDisk());
        if (board !== undefined) orThrow(await board.addSteps(untold.splice(0)));
      }),
  };
}
