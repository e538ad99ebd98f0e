/** A training without a run folder, from what is asked for to the moment before its first step. */
import type { Engine } from "../../dsl/engines/engine.ts";
import { orThrow } from "../fp.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { RunConfig } from "./config.ts";
import { withEngine } from "./engine.ts";
import { firstCheckpoint } from "./first_checkpoint.ts";
import type { LoopHooks } from "./loop.ts";
import { checkMemory } from "./memory.ts";
import { newRunOn } from "./new_run.ts";
import { withinMemory } from "./no_room.ts";
import type { Prepared } from "./prepare.ts";
import type { TrainRequest, TrainWatch } from "./request.ts";

/** A training that is ready for its first step. */
export interface Ready {
  readonly config: RunConfig;
  readonly prepared: Prepared;
  readonly dataset: Dataset<ImageSet>;
  readonly engine: Engine;
  readonly start: Checkpoint;
}

/** What a training is asked for where it makes no folder. */
export type Request = Omit<TrainRequest, "out" | "masks">;

/** Fetches the data, prepares what is asked for, opens the engine, and works with all of it. */
export function withoutFolder<A>(
  request: Request,
  watch: Pick<TrainWatch, "onNote" | "onWarning">,
  work: (ready: Ready) => Promise<A>,
): Promise<A> {
  return withinMemory(async () => {
    const { dataset, config, prepared, taken } = await newRunOn(request, watch);
    const { engine, backend, threads } = request;
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
    isDue: () => false,
  };
}

const NOTHING = Promise.resolve();
