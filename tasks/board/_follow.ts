/**
 * Runs that are followed while they train, as server-sent events: the files are looked at twice a
 * second, and what was added to them is told. Source: https://html.spec.whatwg.org/#server-sent-events
 */
import { readMetrics } from "../files/metrics.ts";
import { isLocked } from "../files/run_lock.ts";
import { runAt } from "../files/run_folder.ts";
import { attempt, orThrow } from "../fp.ts";
import { epochsOf } from "../training/record.ts";
import { placeOf } from "./_place.ts";
import { readOn } from "./_recorded.ts";
import { boardRun } from "./_runs.ts";
import type { Recorded, Refused } from "./wire.ts";

/** Milliseconds between two looks. */
const LOOK_MS = 500;
/** Looks without news after which a comment keeps the connection open. */
const SILENT_LOOKS = 20;

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
        timer = setTimeout(look, LOOK_MS);
      };
      controller.enqueue(encoder.encode("retry: 2000\n\n"));
      timer = setTimeout(look, 0);
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
): () => Promise<readonly (Recorded | Refused)[]> {
  let at = begin;
  let known = "";
  return async () => {
    const found = await attempt(async () => {
      const folder = orThrow(await placeOf(root, id));
      const run = runAt(folder);
      const steps = await readOn(run.steps, at);
      at = steps.at;
      const state = `${await stampOf(run.metrics)} ${await isLocked(folder)}`;
      const isOld = state === known;
      known = state;
      if (isOld) return steps.steps.step.length > 0 || steps.anew ? [{ id, ...steps }] : [];
      return [{
        id,
        ...steps,
        epochs: epochsOf(orThrow(await readMetrics(run))),
        run: orThrow(await boardRun(root, id)),
      }];
    });
    if (found._tag === "Right") return found.right;
    const told = JSON.stringify(found.left);
    if (told === known) return [];
    known = told;
    return [{ problems: found.left }];
  };
}

/** What changes when a file does. */
async function stampOf(path: string): Promise<string> {
  const stat = await Deno.stat(path).catch(() => undefined);
  return `${stat?.size} ${stat?.mtime?.getTime()}`;
}
