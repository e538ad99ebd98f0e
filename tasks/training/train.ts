/**
 * Training a network, from a description to a run folder with its weights: a new run, or one that
 * is resumed where it was stopped.
 */
import type { Wanted } from "../../dsl/problem/expect.ts";
import { expectAll, hasFields, needed, optional, OPTIONS, TEXT } from "../../dsl/problem/expect.ts";
import { NET } from "../../dsl/net/net.ts";
import { usingOf } from "../../dsl/plan/language.ts";
import type { EngineChoice } from "../../dsl/engines/choice.ts";
import { type OptionValue, recordOf } from "../../dsl/programs/meaning.ts";
import type { Using } from "../../dsl/plan/language.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { sameAugmentation } from "../data/augment.ts";
import { all, attempt, E, orThrow, pipe, refused, type Result, right } from "../fp.ts";
import { isMissing } from "../files/io_problem.ts";
import { truncateMetrics } from "../files/metrics.ts";
import { beginRun, removeLeftovers, type RunFolder } from "../files/run_folder.ts";
import { lockRun } from "../files/run_lock.ts";
import { type Checkpoint, loadCheckpoint } from "./checkpoint.ts";
import { configToJson, openRunIn, type RunConfig } from "./config.ts";
import { type Beginning, changedSettings, checkContinuation } from "./continuation.ts";
import { sourceOf, withEngine } from "./engine.ts";
import { execute, firstCheckpoint } from "./execute.ts";
import { checkMemory } from "./memory.ts";
import { withinMemory } from "./no_room.ts";
import { prepare } from "./prepare.ts";
import type { TrainOutcome, TrainRequest, TrainWatch } from "./request.ts";
import { configOf, datasetOf, noteLock, placeOf, WATCH } from "./request.ts";
import { warnOf, warnOfChanges } from "./warnings.ts";

export type { TrainOutcome, TrainRequest, TrainStart, TrainWatch } from "./request.ts";

const OTHERS = ["name", "recipe", "engine", "backend", "threads", "language"] as const;
const DATA: Wanted = {
  fits: (value) => TEXT.fits(value) || hasFields(value, ["train"]),
  wanted: "a data set, or the name of one",
  hint: 'such as "cifar10"',
};

/**
 * Trains a network in a new run folder. Needs `--allow-read` and `--allow-write` for the folder,
 * and what the data set and the backend need.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { chain, orThrow } from "@netfold/netfold";
 * import { shapes } from "@netfold/netfold/data";
 * import { conv, dense, globalAveragePool, relu } from "@netfold/netfold/layers";
 * import { train } from "@netfold/netfold/train";
 *
 * const net = chain(conv(4, { kernel: 3, stride: 4 }), relu(), globalAveragePool(), dense(10));
 * const data = orThrow(shapes({ count: 40, testCount: 10 }));
 * const folder = await Deno.makeTempDir();
 * const recipe = { epochs: 1, batch: 8, validation: 8 };
 * const run = await train({ net, data, out: `${folder}/run`, recipe, backend: "cpu" });
 * assert(orThrow(run).finished);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function train(
  request: TrainRequest,
  watch: TrainWatch = {},
): Promise<Result<TrainOutcome>> {
  return attempt(() =>
    withinMemory(async () => {
      const { data } = needed(request, { net: NET, data: DATA, out: optional(TEXT) }, OTHERS);
      needed(watch, WATCH);
      const dataset = await datasetOf(data, watch);
      const config = configOf(request, dataset);
      const prepared = orThrow(prepare(config, dataset));
      warnOf(config, prepared, dataset, watch);
      return await withEngine(sourceOf(config, watch), async (engine) => {
        orThrow(checkMemory({ config, prepared, engine, resumed: false }, watch));
        await using begun = orThrow(await beginRun(placeOf(request), configToJson(config)));
        noteLock(begun, watch);
        const start = await firstCheckpoint(config, prepared, dataset);
        return await execute({ run: begun.run, config, prepared, dataset, engine, start }, watch);
      });
    })
  );
}

/**
 * Resumes a run where its last checkpoint stands. The run ends with the weights that it would have
 * had without the stop, bit for bit on the same engine. Another one may be chosen: naming an engine
 * or a backend takes the place of the run's whole choice, naming threads alone changes the threads.
 * The run's configuration stays as it is.
 */
export function resume(
  folder: string,
  watch: TrainWatch = {},
  choice: EngineChoice = {},
): Promise<Result<TrainOutcome>> {
  return attempt(() =>
    withinMemory(async () => {
      expectAll({ folder: [folder, TEXT], choice: [choice, OPTIONS] });
      needed(watch, WATCH);
      const { run, config: stored } = orThrow(await openRunIn(watch, folder));
      await using lock = orThrow(await lockRun(run.folder));
      noteLock(lock, watch);
      const config = orThrow(withOwn(stored, watch));
      const dataset = await datasetOf(watch.dataset ?? config.data, watch);
      const prepared = orThrow(prepare(config, dataset));
      warnOf(config, prepared, dataset, watch);
      const request = choice.engine === undefined && choice.backend === undefined
        ? { ...config, ...choice }
        : choice;
      return await withEngine(sourceOf(request, watch), async (engine) => {
        orThrow(checkMemory({ config, prepared, engine, resumed: true }, watch));
        const first = await firstCheckpoint(config, prepared, dataset);
        const last = orThrow(await lastCheckpoint(run, config, { first, prepared }));
        warnOfChanges(changedSettings(last, config.recipe), watch);
        const start = { ...last, ...defined({ recipe: first.recipe }) };
        const { epoch } = start.position;
        orThrow(await removeLeftovers(run));
        orThrow(await truncateMetrics(run, (record) => Number(record.epoch) <= epoch));
        return await execute({ run, config, prepared, dataset, engine, start }, watch);
      });
    })
  );
}

/** A run's configuration with the optimiser and the loss that are given again, which must be its own. */
function withOwn(config: RunConfig, watch: TrainWatch): Result<RunConfig> {
  const { recipe } = config;
  const { optimizer, loss, starts } = watch;
  const same = (name: string, given: object | undefined, stored: object | undefined) => {
    const [got, wanted] = [given, stored].map((value) => JSON.stringify(sorted(recordOf(value))));
    return given === undefined || got === wanted
      ? right(given)
      : refused({ path: name, layer: "option", code: "other-run" }, {
        rule: `the ${name} must be the one that the run was begun with`,
        got: `${got}`,
        wanted: `${wanted}`,
        hint: "give that one, or start a new run",
      });
  };
  return pipe(
    all({
      augment: sameAugmentation(recipe.augment, watch.augment),
      optimizer: same("optimizer", optimizer, recipe.optimizer),
      loss: same("loss", loss, recipe.loss),
      starts: same("starts", starts, recipe.starts),
    }),
    E.map(({ augment }) => ({
      ...config,
      recipe: { ...recipe, augment, ...defined({ optimizer, loss, starts }) },
    })),
  );
}

/** A recorded value with its options in order. */
function sorted(value: OptionValue): OptionValue {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, sorted(part)] as const).toSorted((
      [a],
      [b],
    ) => a < b ? -1 : 1),
  );
}

/** The run's last checkpoint, or its beginning when it was stopped before the first. */
async function lastCheckpoint(
  run: RunFolder,
  using: Using,
  beginning: Beginning,
): Promise<Result<Checkpoint>> {
  const last = await loadCheckpoint(run.last, usingOf(using));
  if (last._tag === "Right") return checkContinuation(run.last, last.right, beginning);
  return last.left.every(isMissing) ? right(beginning.first) : last;
}
