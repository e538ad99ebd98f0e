/** A training without a run folder, from what is asked for to the moment before its first step. */
import { NET } from "../../dsl/net/net.ts";
import type { Engine } from "../../dsl/engines/engine.ts";
import { orThrow } from "../fp.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";
import { knownImages } from "../data/known_images.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { RunConfig } from "./config.ts";
import { withEngine } from "./engine.ts";
import { firstCheckpoint } from "./execute.ts";
import type { LoopHooks } from "./loop.ts";
import { checkMemory } from "./memory.ts";
import { newRun } from "./new_run.ts";
import { withinMemory } from "./no_room.ts";
import { judged, type Prepared } from "./prepare.ts";
import { configOf, DATA, datasetOf, type TrainRequest, type TrainWatch } from "./request.ts";
import { warnOf } from "./warnings.ts";

/** A training that is ready for its first step. */
export interface Ready {
  readonly config: RunConfig;
  readonly prepared: Prepared;
  readonly dataset: Dataset<ImageSet>;
  readonly engine: Engine;
  readonly start: Checkpoint;
}

/** What a training is asked for where it makes no folder. */
export type Request = Omit<TrainRequest, "out">;

/** What a request must hold beside options of its own. */
export const REQUEST = { net: NET, data: DATA } as const;
/** What it may hold, which is judged where it is used. */
export const OTHERS = [
  ...["name", "recipe", "weights"] as const,
  ...["engine", "backend", "threads", "language"] as const,
] as const;

/** Fetches the data, prepares what is asked for, opens the engine, and works with all of it. */
export function withoutFolder<A>(
  request: Request,
  watch: Pick<TrainWatch, "onNote" | "onWarning">,
  work: (ready: Ready) => Promise<A>,
): Promise<A> {
  return withinMemory(async () => {
    const { data, engine, backend, threads } = request;
    const known = typeof data === "string" ? knownImages(data) : undefined;
    if (known !== undefined) orThrow(judged(configOf(request, known), known));
    const dataset = await datasetOf(data, watch);
    const { config, prepared, taken } = orThrow(await newRun(request, dataset));
    warnOf(config, prepared, dataset, watch);
    watch.onNote?.("loading the engine");
    const source = { engine, backend, threads, onWarning: watch.onWarning };
    return await withEngine(source, async (engine) => {
      orThrow(checkMemory({ config, prepared, engine, resumed: false }, watch));
      const start = await firstCheckpoint(config, prepared, dataset, taken);
      return await work({ config, prepared, dataset, engine, start });
    });
  });
}

/** What the loop does with its results where nothing is kept on the disk. */
export function hooksInMemory(
  { onStep, onBroken, interrupted }: Pick<TrainWatch, "onStep" | "onBroken" | "interrupted">,
): LoopHooks {
  const told = new Set<string>();
  return {
    onStep: (event) => onStep?.(event),
    keep: () => {},
    interrupted: () => interrupted?.() ?? false,
    broken: (problems) => {
      for (const problem of problems) {
        if (told.has(problem.path)) continue;
        told.add(problem.path);
        onBroken?.(problem);
      }
      return NOTHING;
    },
    save: () => NOTHING,
    saveBest: () => NOTHING,
    record: () => NOTHING,
    draw: () => NOTHING,
    saveEvery: Infinity,
  };
}

const NOTHING = Promise.resolve();
