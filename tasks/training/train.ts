/**
 * Training a network, from a description to a run folder with its weights: a new run, or one that
 * is resumed where it was stopped.
 */
import { COUNT, expected, needed, optional, TEXT } from "../../dsl/problem/expect.ts";
import { equal } from "../../dsl/net/net.ts";
import { usingOf } from "../../dsl/plan/language.ts";
import type { Engine } from "../../dsl/engines/engine.ts";
import { lossOf } from "../../dsl/programs/losses/losses.ts";
import { optimizerOf } from "../../dsl/programs/optimizers/optimizers.ts";
import { recordOf } from "../../dsl/programs/meaning.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { sameAugmentation } from "../data/augmentation.ts";
import { all, attempt, E, orThrow, pipe, refused, type Result, right } from "../fp.ts";
import { isMissing } from "../files/io_problem.ts";
import { truncateMetrics } from "../files/metrics.ts";
import { truncateSteps } from "../files/steps.ts";
import {
  beginRun,
  refuseShards,
  removeLeftovers,
  type RunFolder,
  tryPlace,
} from "../files/run_folder.ts";
import { holding, lockRun } from "../files/run_lock.ts";
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import { configToJson, openRunIn, type RunConfig } from "./config.ts";
import {
  type Beginning,
  changedSettings,
  checkContinuation,
  leftOut,
  takenUp,
  unaveraged,
  withAverages,
} from "./continuation.ts";
import { type EngineSource, withEngine } from "./engine.ts";
import { execute } from "./execute.ts";
import { firstCheckpoint } from "./first_checkpoint.ts";
import { keepLength, lengthened, tellLength } from "./longer.ts";
import { checkNotLost } from "./lost_checkpoint.ts";
import { checkMemory } from "./memory.ts";
import { newRunOn } from "./new_run.ts";
import { withinMemory } from "./no_room.ts";
import { prepare } from "./prepare.ts";
import { startsOf } from "./recipe.ts";
import type { ResumeOptions, TrainOutcome, TrainRequest, TrainWatch } from "./request.ts";
import {
  againOf,
  checkWatch,
  noteLock,
  OTHERS,
  placeOf,
  REQUEST,
  RESUME,
  WATCH,
} from "./request.ts";
import { canDraw } from "./run_curves.ts";
import { warnOf, warnOfAverages, warnOfChanges, warnOfLeftOut } from "./warnings.ts";
import { preparedAgain } from "./weights.ts";

export type {
  ResumeOptions,
  TrainOutcome,
  TrainRequest,
  TrainStart,
  TrainWatch,
} from "./request.ts";

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
  return logged(watch, (watch) => {
    const open: Opening = (work) => {
      const { engine, backend, threads } = request;
      watch.onNote?.("loading the engine");
      return withEngine({ engine, backend, threads, onWarning: watch.onWarning }, work);
    };
    return trainWith(open, request, watch);
  });
}

/** Works with who watches, and unless that is refused with a log beside. */
async function logged<W extends TrainWatch>(
  watch: W,
  work: (watch: W) => Promise<Result<TrainOutcome>>,
): Promise<Result<TrainOutcome>> {
  // What is no set of options is for the work to refuse.
  if (typeof watch !== "object" || watch === null || watch.log === false) return await work(watch);
  const log = (await import("./log.ts")).logOf(watch);
  try {
    const outcome = await work({ ...watch, ...log.watch });
    log.end(outcome._tag === "Right" ? outcome.right : undefined);
    return outcome;
  } catch (error) {
    log.end();
    throw error;
  }
}

/** Works with an engine. */
type Opening = <A>(work: (engine: Engine) => Promise<A>) => Promise<A>;

/** {@link train} on an engine that is opened otherwise; what the request names is recorded. */
export function trainWith(
  open: Opening,
  request: TrainRequest,
  watch: TrainWatch,
): Promise<Result<TrainOutcome>> {
  return attempt(() =>
    withinMemory(async () => {
      needed(request, { ...REQUEST, out: optional(TEXT), masks: optional(COUNT) }, OTHERS);
      checkWatch(watch, WATCH);
      orThrow(await tryPlace(placeOf(request)));
      orThrow(await canDraw());
      const { dataset, config, prepared, taken } = await newRunOn(request, watch);
      if (config.masks !== undefined) {
        const { plan } = prepared;
        const { maskPictures } = await import("./mask_keeper.ts");
        orThrow(await maskPictures({ count: config.masks, plan, dataset }));
      }
      return await open(async (engine) => {
        orThrow(checkMemory({ config, prepared, engine, resumed: false }, watch));
        const begun = orThrow(await beginRun(placeOf(request), configToJson(config)));
        return await holding(begun, async ({ run }) => {
          noteLock(begun, watch);
          const start = await firstCheckpoint(config, prepared, dataset, taken);
          // What a run is resumed from when it is stopped before its first checkpoint.
          if (taken !== undefined) orThrow(await saveCheckpoint(run.last, start));
          return await execute({ run, config, prepared, dataset, engine, start }, watch);
        });
      });
    })
  );
}

/**
 * Resumes a run where its last checkpoint stands. The run ends with the weights that it would have
 * had without the stop, bit for bit on the same engine. Another one may be chosen: naming an engine
 * or a backend takes the place of the run's whole choice, naming threads alone changes the threads.
 * The run's configuration stays as it is, unless the run is made longer by `epochs`.
 */
export function resume(
  folder: string,
  given: ResumeOptions = {},
): Promise<Result<TrainOutcome>> {
  return logged(given, (options) =>
    attempt(() =>
      withinMemory(async () => {
        expected(folder, TEXT, "folder");
        needed(options, RESUME);
        const { run, config: stored } = orThrow(await openRunIn(options, folder));
        return await holding(orThrow(await lockRun(run.folder)), (lock) => {
          noteLock(lock, options);
          return resumeIn(run, stored, options);
        });
      })
    ));
}

/** Resumes a run that this process holds. */
async function resumeIn(
  run: RunFolder,
  stored: RunConfig,
  options: ResumeOptions,
): Promise<TrainOutcome> {
  orThrow(await canDraw());
  orThrow(await refuseShards(run));
  const own = orThrow(withOwn(stored, options));
  const dataset = await againOf(own, options);
  const found = await loadCheckpoint(run.last, usingOf(own));
  orThrow(await checkNotLost(run, own, found));
  const length = orThrow(await lengthened({ config: own, dataset, last: found }, options));
  const { config } = length;
  const measured = orThrow(prepare(config, dataset));
  const prepared = orThrow(preparedAgain(run, config, measured, found));
  warnOf(config, prepared, dataset, options);
  options.onNote?.("loading the engine");
  return await withEngine(sourceFor(config, options), async (engine) => {
    orThrow(checkMemory({ config, prepared, engine, resumed: true }, options));
    const first = await firstCheckpoint(config, prepared, dataset);
    const lacking = found._tag === "Left"
      ? []
      : unaveraged(found.right, prepared.plan, (name) => first.tensors.has(name));
    const whole = E.map((last: Checkpoint) => withAverages(last, lacking))(found);
    const last = orThrow(lastCheckpoint(run, whole, { first, prepared }));
    warnOfAverages(lacking, options);
    warnOfChanges(changedSettings(last, own.recipe), options);
    warnOfLeftOut(leftOut(config), options);
    orThrow(await keepLength(run, length));
    tellLength(length, options);
    const start = { ...last, ...defined({ recipe: first.recipe }) };
    const { epoch, step } = start.position;
    orThrow(await removeLeftovers(run));
    orThrow(await truncateSteps(run, step));
    orThrow(await truncateMetrics(run, (record) => Number(record.epoch) <= epoch));
    if (config.masks !== undefined) {
      const { truncateMasks } = await import("../masks/kept_masks.ts");
      orThrow(await truncateMasks(run, epoch));
    }
    return await execute({ run, config, prepared, dataset, engine, start }, options);
  });
}

/** The engine of a run that is resumed: its own, unless another is chosen. */
function sourceFor(
  { engine, backend, threads }: RunConfig,
  { onWarning, ...options }: ResumeOptions,
): EngineSource {
  const chosen = defined({
    engine: options.engine,
    backend: options.backend,
    threads: options.threads,
  });
  const isOther = options.engine !== undefined || options.backend !== undefined;
  return isOther ? { ...chosen, onWarning } : { engine, backend, threads, ...chosen, onWarning };
}

/** A run's configuration with what is given again, which must be what the run was begun with. */
function withOwn(config: RunConfig, given: ResumeOptions): Result<RunConfig> {
  const { recipe } = config;
  return pipe(
    all({
      augment: sameAugmentation(recipe.augment, given.augment),
      optimizer: sameAs("optimizer", given.optimizer, recipe.optimizer, optimizerOf),
      loss: sameAs("loss", given.loss, recipe.loss, lossOf),
      starts: sameAs("starts", given.starts, recipe.starts, startsOf),
    }),
    E.map(({ augment, ...own }) => ({
      ...config,
      recipe: { ...recipe, augment, ...defined(own) },
    })),
  );
}

/** A value that is given again, when it is one, and records as the run's own does. */
function sameAs<T extends object>(
  name: string,
  given: T | undefined,
  stored: T | undefined,
  read: (given: T) => Result<unknown>,
): Result<T | undefined> {
  if (given === undefined) return right(undefined);
  return pipe(
    read(given),
    E.flatMap(() => {
      const [is, was] = [recordOf(given), stored && recordOf(stored)];
      if (equal(is, was)) return right(given);
      return refused({ path: name, layer: "option", code: "other-run" }, {
        rule: `the ${name} must be what the run was begun with`,
        got: JSON.stringify(is),
        wanted: was === undefined ? `no ${name}, as in the run` : JSON.stringify(was),
        hint: was === undefined
          ? `leave ${name} out, or start a new run`
          : "give that, or start a new run",
      });
    }),
  );
}

/** The run's last checkpoint, or its beginning when it was stopped before the first. */
function lastCheckpoint(
  run: RunFolder,
  last: Result<Checkpoint>,
  beginning: Beginning,
): Result<Checkpoint> {
  if (last._tag === "Right") {
    const { totalSteps } = beginning.prepared;
    return checkContinuation(run.last, takenUp(last.right, totalSteps), beginning);
  }
  return last.left.every(isMissing) ? right(beginning.first) : last;
}
