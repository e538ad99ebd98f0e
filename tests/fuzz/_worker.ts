/// <reference lib="deno.worker" />
/** A worker of the fuzzer: cases of one reader, one after the other, and what came of each. */
import { renderProblems } from "../../dsl/problem/render.ts";
import { changedBytes } from "./bytes.ts";
import { type Dice, diceOf, repeatedly } from "./dice.ts";
import type { Reader } from "./reader.ts";
import { READERS } from "./readers.ts";

/** What a worker is asked for. */
export interface Work {
  readonly reader: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** A folder for the files of a case. */
  readonly folder: string;
}

/** What came of a case, before which nothing is known of it. */
export type Said =
  | { readonly kind: "begun"; readonly at: number }
  | {
    readonly kind: "accepted" | "refused" | "failed";
    readonly at: number;
    readonly seconds: number;
    readonly memory: number;
    /** What is wrong, when it failed. */
    readonly fault?: string;
  }
  | { readonly kind: "done" };

/** The longest that a problem may be. */
const LONGEST = 20_000;
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

self.onmessage = async ({ data }: MessageEvent<Work>) => {
  const { seed, from, to, folder } = data;
  const reader = READERS[data.reader];
  if (reader === undefined) throw new Error(`there is no reader ${data.reader}`);
  const whole = await reader.whole(folder);
  for (let at = from; at < to; at++) {
    say({ kind: "begun", at });
    const bytes = whole[at] ?? caseOf(reader, whole, diceOf(seed, data.reader, at));
    const start = performance.now();
    const came = await outcome(reader, bytes, folder, at < whole.length);
    const seconds = (performance.now() - start) / 1000;
    say({ ...came, at, seconds, memory: Deno.memoryUsage().rss });
  }
  say({ kind: "done" });
};

function say(said: Said): void {
  self.postMessage(said);
}

/** A whole file with one to three changes, most of which know the format. */
function caseOf(
  { change }: Reader,
  whole: Awaited<ReturnType<Reader["whole"]>>,
  dice: Dice,
): Uint8Array<ArrayBuffer> {
  return repeatedly(
    dice.pick(whole),
    dice,
    (bytes) => dice.chance(0.75) ? change(bytes, dice) : changedBytes(bytes, dice),
  );
}

async function outcome(
  { read }: Reader,
  bytes: Uint8Array<ArrayBuffer>,
  folder: string,
  isWhole: boolean,
): Promise<{ readonly kind: "accepted" | "refused" | "failed"; readonly fault?: string }> {
  try {
    const result = await read(bytes, folder);
    if (result._tag === "Right") return { kind: "accepted" };
    const text = renderProblems(result.left);
    if (isWhole) return { kind: "failed", fault: `a whole file is refused:\n${text}` };
    if (result.left.length === 0) return { kind: "failed", fault: "it is refused without a word" };
    if (text.length > LONGEST) {
      return { kind: "failed", fault: `${text.length} letters of problems` };
    }
    return CONTROLS.test(text)
      ? { kind: "failed", fault: `control characters in a problem: ${JSON.stringify(text)}` }
      : { kind: "refused" };
  } catch (error) {
    const fault = error instanceof Error ? error.stack ?? error.message : `${error}`;
    return { kind: "failed", fault };
  }
}
