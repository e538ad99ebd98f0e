/**
 * A campaign against one reader: files with changes in them, each of which the reader accepts or
 * refuses by a problem, soon and in little memory. Anything else is a failure. The cases run in a
 * worker, which is ended when one of them takes too long.
 */
import type { Said, Work } from "./_worker.ts";

/** What came of the cases of a reader. */
export interface Tally {
  readonly reader: string;
  readonly cases: number;
  readonly accepted: number;
  readonly refused: number;
  readonly failures: readonly Failure[];
  /** The seconds of all cases, and of the one that took longest. */
  readonly seconds: number;
  readonly longest: number;
  /** The most bytes of memory that the process held. */
  readonly memory: number;
}

/** A case that was neither accepted nor refused as it should be. */
export interface Failure {
  readonly at: number;
  readonly fault: string;
}

/** Seconds after which a case hangs. */
const PATIENCE = 120;

/** Runs the cases of a reader from one to below another. */
export async function campaign(work: Work): Promise<Tally> {
  const failures: Failure[] = [];
  const found = { accepted: 0, refused: 0, seconds: 0, longest: 0, memory: 0 };
  let from = work.from;
  while (from < work.to) {
    const hung = await watched({ ...work, from }, (said) => {
      if (said.kind === "begun" || said.kind === "done") return;
      const { kind, at, seconds, memory, fault = "" } = said;
      if (kind === "failed") failures.push({ at, fault });
      else found[kind]++;
      found.seconds += seconds;
      found.longest = Math.max(found.longest, seconds);
      found.memory = Math.max(found.memory, memory);
    });
    if (hung === undefined) break;
    failures.push(hung);
    from = hung.at + 1;
  }
  return { reader: work.reader, cases: work.to - work.from, failures, ...found };
}

/** Lets a worker work until it is done; gives the case in which it hung or died, if there is one. */
function watched(work: Work, hear: (said: Said) => void): Promise<Failure | undefined> {
  const worker = new Worker(import.meta.resolve("./_worker.ts"), { type: "module" });
  let at = work.from;
  return new Promise<Failure | undefined>((resolve) => {
    const dead = (fault: string) => () => resolve({ at, fault });
    let watch: ReturnType<typeof setTimeout> | undefined;
    const wait = () => {
      clearTimeout(watch);
      watch = setTimeout(dead(`nothing for ${PATIENCE} seconds`), PATIENCE * 1000);
    };
    wait();
    worker.onmessage = ({ data }: MessageEvent<Said>) => {
      wait();
      hear(data);
      if (data.kind === "begun") at = data.at;
      if (data.kind !== "done") return;
      clearTimeout(watch);
      resolve(undefined);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      clearTimeout(watch);
      dead(`the worker died: ${event.message}`)();
    };
    worker.postMessage(work);
  }).finally(() => worker.terminate());
}
