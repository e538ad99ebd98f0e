/**
 * Training on PyTorch: netfold makes the run folder, with the same first weights as for any other
 * engine, writes the Python files into it and drives them, in one process or, by torchrun, in
 * several. The run can be resumed and evaluated on any engine.
 */
import type { WantedOf } from "../../dsl/problem/expect.ts";
import { BOOLEAN, COUNT, needed, oneOf, optional, TEXT } from "../../dsl/problem/expect.ts";
import { usingOf } from "../../dsl/plan/language.ts";
import { plan } from "../../layers/bound/plan.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { join } from "@std/path";
import { splitFiles, writeRawCache } from "../data/raw_cache.ts";
import { sameAugmentation } from "../data/augmentation.ts";
import { cacheFolder } from "../data/cache_folder.ts";
import type { Dataset, Images, ImageSet, TestedDataset } from "../data/dataset.ts";
import { testOf } from "../data/dataset.ts";
import { torchSources } from "../export/torch.ts";
import { torchAugmentProblem } from "../export/torch_recipe.ts";
import { makeFolder, writeAtomic } from "../files/atomic.ts";
import { attempt, orThrow, problemAt, ProblemError, type Result, right } from "../fp.ts";
import { isMissing } from "../files/io_problem.ts";
import { readMetrics } from "../files/metrics.ts";
import { beginRun, removeLeftovers, type RunFolder } from "../files/run_folder.ts";
import { holding, lockRun } from "../files/run_lock.ts";
import { changedSettings, unaveraged } from "./continuation.ts";
import { loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import { configToJson, openRunIn, type RunConfig } from "./config.ts";
import type { Figures } from "./measure.ts";
import { keepLength, lengthened, tellLength } from "./longer.ts";
import { checkNotLost } from "./lost_checkpoint.ts";
import { checkMemory, type Intent } from "./memory.ts";
import { newRun, sourceFor } from "./new_run.ts";
import { epochsOf } from "./record.ts";
import { hasTensorboard, openTensorboard } from "./tensorboard.ts";
import { drivePython, type TorchEvent } from "./torch_process.ts";
import { TORCH_PRECISIONS, type TorchPrecision } from "./torch_precision.ts";
import { drawCurves } from "./execute.ts";
import { firstCheckpoint } from "./first_checkpoint.ts";
import type {
  ResumeOptions,
  TrainOutcome,
  TrainRequest,
  TrainStart,
  TrainWatch,
} from "./request.ts";
import {
  againOf,
  checkWatch,
  configOf,
  datasetOf,
  noteLock,
  placeOf,
  RESUME,
  WATCH,
} from "./request.ts";
import { warnOf, warnOfAverages, warnOfChanges } from "./warnings.ts";
import { PROGRAM } from "../program_name.ts";

export interface TorchOptions {
  /** Processes that train together; 1 by default. */
  readonly processes?: number;
  /** Whether batch norms see the batch of all processes together; not by default. */
  readonly syncBatchNorm?: boolean;
  /**
   * The numbers of forward and backward passes; `auto`, by default, is bfloat16 where GPU or
   * processor computes with it. Weights and what the optimiser keeps are float32 or wider.
   */
  readonly precision?: TorchPrecision;
  /** The Python interpreter; `python3` by default. */
  readonly python?: string;
}

const TORCH: WantedOf<TorchOptions> = {
  processes: optional(COUNT),
  syncBatchNorm: optional(BOOLEAN),
  precision: optional(oneOf(TORCH_PRECISIONS)),
  python: optional(TEXT),
};

/** How a run on PyTorch ended. */
export interface TorchOutcome extends Pick<TrainOutcome, "folder" | "finished" | "epochs"> {
  /** What the best weights reach on the test set, of a finished run. */
  readonly test?: Figures;
}

/** What PyTorch takes is not known, nor where; the first weights are made here. */
const PYTHON: Intent["engine"] = {
  description: "PyTorch",
  memory: { ofMachine: false, needed: () => 0 },
};

/**
 * Trains a network on PyTorch in a new run folder. Needs `--allow-run` for the interpreter,
 * `--allow-read` and `--allow-write` for the folder, and what the data set needs.
 */
export function trainOnTorch(
  request: TrainRequest,
  watch: TrainWatch & TorchOptions = {},
): Promise<Result<TorchOutcome>> {
  return attempt(async () => {
    checkWatch(watch, { ...WATCH, ...TORCH });
    if (request.masks !== undefined) {
      throw notOnTorch("PyTorch keeps no masks", `masks of ${request.masks} pictures`, {
        wanted: "none",
        hint: "leave masks out and draw them of the run, or use another engine",
      });
    }
    const source = orThrow(await sourceFor(request));
    const dataset = await datasetOf(request.data, watch);
    inMemory(dataset, configOf(request, dataset));
    const { config, prepared, taken } = orThrow(newRun(request, dataset, source));
    warnOf(config, prepared, dataset, watch);
    orThrow(checkMemory({ config, prepared, engine: PYTHON, resumed: false }, watch));
    const begun = orThrow(await beginRun(placeOf(request), configToJson(config)));
    return await holding(begun, async ({ run }) => {
      noteLock(begun, watch);
      return await startedOrUndone(
        async (watch) => {
          const first = await firstCheckpoint(config, prepared, dataset, taken);
          orThrow(await saveCheckpoint(run.last, first));
          return await execute(run, config, dataset, watch);
        },
        // The run's name stays free.
        () => Deno.remove(run.folder, { recursive: true }),
        watch,
      );
    });
  });
}

/** Trains; undoes what was written for it when it ends in an error before it starts: without Python, say. */
async function startedOrUndone(
  work: (watch: TrainWatch) => Promise<TorchOutcome>,
  undo: () => Promise<void>,
  watch: TrainWatch,
): Promise<TorchOutcome> {
  let hasStarted = false;
  const onStart = (start: TrainStart) => {
    hasStarted = true;
    watch.onStart?.(start);
  };
  const outcome = await attempt(() => work({ ...watch, onStart }));
  if (outcome._tag === "Left" && !hasStarted) await undo();
  return orThrow(outcome);
}

/** Resumes a run on PyTorch, whichever engine began it. */
export function resumeOnTorch(
  folder: string,
  watch: ResumeOptions & TorchOptions = {},
): Promise<Result<TorchOutcome>> {
  return attempt(async () => {
    needed(watch, { ...RESUME, ...TORCH });
    const { run, config: own } = orThrow(await openRunIn(watch, folder));
    return await holding(orThrow(await lockRun(run.folder)), async (lock) => {
      noteLock(lock, watch);
      orThrow(sameAugmentation(own.recipe.augment, watch.augment));
      const dataset = await againOf(own, watch);
      const last = await loadCheckpoint(run.last, usingOf(own));
      orThrow(await checkNotLost(run, own, last));
      if (last._tag === "Right") {
        warnOfChanges(changedSettings(last.right, own.recipe), watch);
        const planned = orThrow(plan(own.net, own.input, usingOf(own)));
        warnOfAverages(unaveraged(last.right, planned), watch);
      } else if (!last.left.every(isMissing)) throw new ProblemError(last.left);
      const length = orThrow(await lengthened({ config: own, dataset, last }, watch));
      const { config } = length;
      inMemory(dataset, config);
      if (config.masks !== undefined) {
        watch.onWarning?.("PyTorch keeps no masks: those of its epochs are missing");
        const { truncateMasks } = await import("../masks/kept_masks.ts");
        const epoch = last._tag === "Right" ? last.right.position.epoch : 0;
        orThrow(await truncateMasks(run, epoch));
      }
      orThrow(await removeLeftovers(run));
      orThrow(await keepLength(run, length));
      const onStart = (start: TrainStart) => {
        tellLength(length, watch);
        watch.onStart?.(start);
      };
      return await startedOrUndone(
        (watch) => execute(run, config, dataset, watch),
        async () => orThrow(await keepLength(run, { ...length, config: own })),
        { ...watch, onStart },
      );
    });
  });
}

async function execute(
  run: RunFolder,
  config: RunConfig,
  given: Dataset<ImageSet>,
  watch: TrainWatch & TorchOptions,
): Promise<TorchOutcome> {
  const dataset = inMemory(given, config);
  const place = join(run.folder, "torch");
  orThrow(await makeFolder(place)());
  for (const [name, text] of orThrow(torchSources(config))) {
    orThrow(await writeAtomic(join(place, name), text));
  }
  const data = await dataFolder(dataset, place);
  const options = [
    ...["--config", run.config, "--out", run.folder, "--resume", "--events", "--data", data],
    `--classes=${JSON.stringify(dataset.classes)}`,
    ...(watch.syncBatchNorm === true ? ["--sync-batch-norm", "yes"] : []),
    ...(watch.precision === undefined ? [] : ["--precision", watch.precision]),
    ...(watch.saveEvery === undefined ? [] : ["--save-every", `${watch.saveEvery}`]),
  ];
  let test: Figures | undefined;
  const wanted = watch.tensorboard ?? await hasTensorboard(run);
  /** The event files of what the script has recorded so far. */
  let board: Promise<Result<unknown>> = Promise.resolve(right(undefined));
  const drawBoard = () => {
    if (wanted) board = board.then(() => openTensorboard(run));
  };
  const end = await drivePython(join(place, "train.py"), options, {
    python: watch.python ?? "python3",
    processes: watch.processes ?? 1,
    interrupted: async () => await watch.interrupted?.() ?? false,
    onEvent: (event) => {
      if ("test" in event) test = event.test;
      if ("epoch" in event || "test" in event) drawBoard();
      tell(event, { folder: run.folder, config }, watch);
    },
  });
  drawBoard();
  orThrow(await board);
  const finished = orThrow(end) === "finished";
  const epochs = epochsOf(orThrow(await readMetrics(run)));
  await drawCurves(run, config);
  return { folder: run.folder, finished, epochs, ...(test === undefined ? {} : { test }) };
}

function tell(
  event: TorchEvent,
  { folder, config }: Pick<TrainStart, "folder" | "config">,
  watch: TrainWatch,
): void {
  const { from } = config;
  if ("start" in event) watch.onStart?.({ folder, config, ...event.start, ...defined({ from }) });
  else if ("step" in event) watch.onStep?.(event.step);
  else if ("epoch" in event) watch.onEpoch?.(event.epoch);
}

/**
 * The data set, when it is one that the script is handed as it is: pictures in
 * memory, labels as they are, and no augmentation by a function that Python lacks.
 *
 * @throws {ProblemError} When it is not.
 */
function inMemory(dataset: Dataset<ImageSet>, { recipe }: RunConfig): TestedDataset {
  const { train, test } = dataset;
  if ((recipe.labelNoise ?? 0) > 0) {
    const got = `label noise of ${recipe.labelNoise}`;
    throw notOnTorch("PyTorch trains on labels as they are", got, {
      wanted: "none",
      hint: "use another engine",
    });
  }
  const unknown = torchAugmentProblem(recipe.augment);
  if (unknown !== undefined) throw new ProblemError([unknown]);
  orThrow(testOf(dataset));
  if ("pixels" in train && test !== undefined && "pixels" in test) {
    return { ...dataset, train, test };
  }
  throw notOnTorch(
    "PyTorch is handed pictures that are in memory",
    `${dataset.name}, whose pictures are files`,
    {
      wanted: "cifar10, cifar100, fashion-mnist or their like",
      hint:
        `${PROGRAM} export NET --format torch writes a train.py that reads folders of pictures itself`,
    },
  );
}

function notOnTorch(
  rule: string,
  got: string,
  to: { readonly wanted: string; readonly hint: string },
): ProblemError {
  const where = { path: "engine", layer: "torch", code: "not-on-torch" };
  return new ProblemError([problemAt(where, { rule, got, ...to })]);
}

/** The folder with the data set's raw files: the cache of a set that has one, or one that is made. */
export async function dataFolder(dataset: TestedDataset, place: string): Promise<string> {
  if (dataset.name === "cifar10") return join(orThrow(cacheFolder()), dataset.name);
  const folder = join(place, "data");
  orThrow(await makeFolder(folder)());
  orThrow(await removeLeftovers({ folder }));
  const bytes = ({ pixels, labels }: Images) => ({
    pixels: new Uint8Array(pixels),
    labels: new Uint8Array(labels),
  });
  const files = splitFiles({ train: bytes(dataset.train), test: bytes(dataset.test) });
  orThrow(await writeRawCache(folder, files));
  return folder;
}
