/**
 * Runs that are followed while they train, as server-sent events: the files are looked at four
 * times a second, and what was added to them is told.
 * Source: https://html.spec.whatwg.org/#server-sent-events
 */
import { readMetrics } from "../files/metrics.ts";
import { runAt } from "../files/run_folder.ts";
import { attempt, orThrow } from "../fp.ts";
import { epochsOf } from "../training/record.ts";
import { placeOf } from "./_place.ts";
import { readOn } from "./_recorded.ts";
import { boardRun } from "./_runs.ts";
import type { BoardRun, Recorded, Unread } from "./wire.ts";

/** Milliseconds between two looks. */
const LOOK_MS = 250;
/** Looks without news after which a comment keeps the connection open. */
const SILENT_LOOKS = 40;

/** A run, and from where on it is followed. */
export interface Follow {
  readonly id: string;
  readonly at: string;
}

/** The events of some runs, until the page has enough. */
export function followed(root: string, follows: readonly Follow[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const watched = follows.map((follow) => watch(root, follow));
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silent = 0;
  return new ReadableStream({
    start: (controller) => {
      const look = async (): Promise<void> => {
        const news = (await Promise.all(watched.map((next) => next()))).flat();
        if (timer === undefined) return;
        silent = news.length > 0 ? 0 : silent + 1;
        if (silent === SILENT_LOOKS) silent = 0;
        const text = news.map((one) => `data: ${JSON.stringify(one)}\n\n`).join("");
        if (text !== "" || silent === 0) controller.enqueue(encoder.encode(text || ":\n\n"));
        timer = setTimeout(next, LOOK_MS);
      };
      // A fault ends these events, whose page begins them anew, and not the board.
      const next = () => void look().catch((error) => controller.error(error));
      controller.enqueue(encoder.encode("retry: 2000\n\n"));
      timer = setTimeout(next, 0);
    },
    cancel: () => {
      clearTimeout(timer);
      timer = undefined;
    },
  });
}

/** What is new of a run, whenever it is asked. */
function watch(
  root: string,
  { id, at: begin }: Follow,
): () => Promise<readonly (Recorded | Unread)[]> {
  let at = begin;
  let known: BoardRun | undefined;
  let told = "";
  return async () => {
    const found = await attempt(async () => {
      const run = orThrow(await boardRun(root, id));
      const files = runAt(orThrow(await placeOf(root, id)));
      const steps = await readOn(files.steps, at);
      const isOld = run === known;
      const epochs = isOld ? [] : epochsOf(orThrow(await readMetrics(files)));
      at = steps.at;
      known = run;
      told = "";
      if (!isOld) return [{ id, ...steps, epochs, run }];
      return steps.steps.step.length > 0 || steps.anew ? [{ id, ...steps }] : [];
    });
    if (found._tag === "Right") return found.right;
    const problems = JSON.stringify(found.left);
    if (problems === told) return [];
    told = problems;
    known = undefined;
    return [{ id, problems: found.left }];
  };
}
