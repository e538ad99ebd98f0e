/** A run as it stands in a list of runs, read from the files of its folder alone. */
import * as v from "valibot";
import { attempt, E, orThrow, pipe, type Result } from "../fp.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { onPath } from "../files/atomic.ts";
import { isJsonObject, type JsonObject } from "../files/json.ts";
import { readMetrics } from "../files/metrics.ts";
import { openRun } from "../files/run_folder.ts";
import { isLocked } from "../files/run_lock.ts";
import { parsed } from "../parsed.ts";
import type { Figures } from "../training/measure.ts";
import { enginesOf, type EpochRecord, epochsOf, testOf } from "../training/record.ts";
import { type Settings, settingsOf } from "./settings.ts";

/** A run in a list. */
export interface ListedRun {
  readonly folder: string;
  /** The network's name. */
  readonly network: string;
  readonly data: string;
  /** Whether a process trains in it, it has come to its end, or it waits to be resumed. */
  readonly state: "running" | "finished" | "stopped";
  /** Epochs that have ended, and all of the run, once they are known of a run that is so many steps long. */
  readonly epochs: readonly [done: number, all?: number];
  readonly steps: number;
  /** The best epoch by the held out images, when there are any. */
  readonly best?: Pick<EpochRecord, "epoch" | "validationAccuracy">;
  readonly test?: Figures;
  /** Seconds that its steps took. */
  readonly seconds: number;
  readonly engines: readonly string[];
  /** When it was begun. */
  readonly begun: Date;
  readonly settings: Settings;
}

const CONFIG = v.looseObject({
  name: v.string(),
  data: v.string(),
  recipe: v.looseObject({ epochs: v.number(), steps: v.optional(v.number()) }),
});

/** Reads a run for a list; its network may be in any language. Needs `--allow-read` for its folder. */
export async function listedRun(folder: string): Promise<Result<ListedRun>> {
  return pipe(await listedWithConfig(folder), E.map(({ listed }) => listed));
}

/** A run as it stands in a list, and its configuration as it is stored. */
export interface ListedWithConfig {
  readonly listed: ListedRun;
  readonly config: JsonObject;
}

/** {@link listedRun}, with the run's configuration. */
export function listedWithConfig(folder: string): Promise<Result<ListedWithConfig>> {
  return attempt(async () => {
    const { run, config } = orThrow(
      await openRun(folder, (json) =>
        pipe(
          parsed(CONFIG, json, { path: folder, layer: "run" }),
          E.map((known) => ({ known, all: isJsonObject(json) ? json : {} })),
        )),
    );
    const { name, data, recipe } = config.known;
    const records = orThrow(await readMetrics(run));
    const epochs = epochsOf(records);
    const test = testOf(records);
    const { mtime } = orThrow(await onPath(run.config, "read", () => Deno.stat(run.config))());
    const listed: ListedRun = {
      folder,
      network: name,
      data,
      state: test !== undefined ? "finished" : await isLocked(folder) ? "running" : "stopped",
      epochs: [epochs.length, ...lengthOf(recipe, epochs)],
      steps: epochs.at(-1)?.step ?? 0,
      ...defined({ best: bestOf(epochs), test }),
      seconds: epochs.reduce((sum, { seconds }) => sum + seconds, 0),
      engines: enginesOf(epochs),
      begun: mtime ?? new Date(0),
      settings: settingsOf(config.all),
    };
    return { listed, config: config.all };
  });
}

/** The epochs that a run is long. Where steps end it, the first epoch says how many of them one has. */
function lengthOf(
  { epochs, steps }: { readonly epochs: number; readonly steps?: number | undefined },
  [first]: readonly EpochRecord[],
): readonly [] | readonly [number] {
  if (steps === undefined) return [epochs];
  return first === undefined ? [] : [Math.min(epochs, Math.ceil(steps / first.step))];
}

function bestOf(epochs: readonly EpochRecord[]): ListedRun["best"] {
  const [best] = epochs.filter(({ validationAccuracy }) => validationAccuracy !== undefined)
    .toSorted((a, b) => (b.validationAccuracy ?? 0) - (a.validationAccuracy ?? 0));
  return best && { epoch: best.epoch, ...defined({ validationAccuracy: best.validationAccuracy }) };
}
