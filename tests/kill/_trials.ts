/**
 * Trials: a run is killed, resumed to its end, and held against one that was left alone. A trial
 * that dies too late to be killed is done again.
 */
import { type Key, split, uniforms } from "../../dsl/programs/random.ts";
import { isCutOff, kill, live, type Moment, type Place, Refusal } from "./_killer.ts";
import { differences, type Remains, remainsOf } from "./_remains.ts";
import type { EngineName } from "./_victim.ts";

/** What is known of a run that was left alone. */
export interface Undisturbed {
  readonly remains: Remains;
  readonly milliseconds: number;
}

/** A way of killing: at which moments, one after the other, with and without a cache. */
export interface Way {
  readonly title: string;
  readonly cached: boolean;
  /** The moments, from two numbers in [0, 1) for each. */
  readonly moments: readonly ((
    where: number,
    later: number,
    whole: Undisturbed,
  ) => Moment)[];
}

const anywhere = (where: number, _: number, { milliseconds }: Undisturbed): Moment => ({
  kind: "time",
  after: where * milliseconds,
});

/** Temporary files that a run makes, and a cache: a trial file, four files and the manifest. */
const RUN_WRITES = 32;
const CACHE_WRITES = 6;

/** A few milliseconds after a temporary file was made. */
const writing = (most: number) => (where: number, later: number): Moment => ({
  kind: "write",
  count: 1 + Math.floor(where * most),
  after: later < 0.5 ? 0 : later * 4,
});

export const WAYS: readonly Way[] = [
  { title: "at any moment", cached: false, moments: [anywhere] },
  { title: "while a file is written", cached: false, moments: [writing(RUN_WRITES)] },
  { title: "twice in a row", cached: false, moments: [anywhere, anywhere] },
  {
    title: "twice while a file is written",
    cached: false,
    moments: [writing(RUN_WRITES / 2), writing(RUN_WRITES / 2)],
  },
  { title: "while data are cached", cached: true, moments: [writing(CACHE_WRITES)] },
];

/** How a trial ended. */
export interface Trial {
  readonly kills: number;
  /** Kills that left a file half written. */
  readonly cutOff: number;
  /** The files in which it differs from the run that was left alone, or why it did not go on. */
  readonly differences: readonly string[];
}

/** Works in a folder that is then removed. */
async function within<A>(
  place: Omit<Place, "folder">,
  work: (place: Place) => Promise<A>,
): Promise<A> {
  const folder = await Deno.makeTempDir({ prefix: "netfold-kill-" });
  try {
    return await work({ ...place, folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A run that nobody disturbs. */
export function undisturbed(engine: EngineName, cached: boolean): Promise<Undisturbed> {
  return within({ engine, cached }, async (place) => {
    const milliseconds = await live(place);
    return { milliseconds, remains: await remainsOf(place.folder) };
  });
}

/** Kills a run in a way, lets it come to its end and compares. */
export function attemptTrial(
  engine: EngineName,
  { cached, moments }: Way,
  { key, whole }: { readonly key: Key; readonly whole: Undisturbed },
): Promise<Trial> {
  return within({ engine, cached }, async (place) => {
    let [kills, cutOff] = [0, 0];
    try {
      for (const [i, momentOf] of moments.entries()) {
        const [where = 0, later = 0] = uniforms(split(key, i), 2);
        if (!await kill(place, momentOf(where, later, whole))) continue;
        kills++;
        if (await isCutOff(place.folder)) cutOff++;
      }
      await live(place);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { kills, cutOff, differences: [error.message] };
    }
    return {
      kills,
      cutOff,
      differences: differences(await remainsOf(place.folder), whole.remains),
    };
  });
}
