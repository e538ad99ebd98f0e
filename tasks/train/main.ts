/**
 * `deno task train [NET]`: trains a network into a run folder, or resumes a
 * run that was stopped. Ctrl-C finishes the step under way and saves.
 */
import { usingOf } from "../../dsl/plan/language.ts";
import type { EngineChoice } from "../../dsl/engines/choice.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { engineChoice } from "../cli/engine_options.ts";
import { orThrow, pipe, type Result, type TaskResult, TE } from "../fp.ts";
import { argumentsOf } from "../cli/arguments.ts";
import { EXIT } from "../cli/exit.ts";
import { brokenLine, dataStatus, noteBroken } from "../terminal/data_status.ts";
import { type FoundNetwork, languageModule } from "../networks/module.ts";
import { findNetwork, titleOf } from "../networks/networks.ts";
import { statusLine } from "../terminal/status_line.ts";
import { reporting, runTask } from "../cli/task.ts";
import { DEFAULTS, type TrainArguments, trainCommand } from "./options.ts";
import { heldOut, recipeOf } from "./request.ts";
import { type Subject, type TrainView, trainView } from "./view.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";
import { loadDataset } from "../data/load.ts";
import { nextRunFolder } from "../files/run_folder.ts";
import { type Interrupt, INTERRUPT_NOTICE, onInterrupt } from "../terminal/interrupt.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";
import { openRunIn, type Recipe } from "../training/config.ts";
import {
  resumeOnTorch,
  type TorchOptions,
  type TorchOutcome,
  trainOnTorch,
} from "../training/torch.ts";
import { resume, train, type TrainOutcome, type TrainWatch } from "../training/train.ts";

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const given = await argumentsOf(trainCommand, args);
  const { resume } = given;
  return await reporting(
    resume === undefined ? "train" : "resume",
    () => resume === undefined ? begin(given) : resumeRun(given, resume),
  );
}

/** A new run. */
async function begin(given: TrainArguments): Promise<number> {
  const request = { ...orThrow(await requestOf(given)()), ...choiceOf(given) };
  const { height, width, channels } = request.data;
  const subject = { ...request, data: request.data.name, input: [height, width, channels] };
  return given.engine === "torch"
    ? await watchTorch(subject, given, (hooks) => trainOnTorch(request, hooks))
    : await watch(subject, given, (hooks) => train(request, hooks));
}

/** What a new run is begun with. */
interface Begun extends FoundNetwork {
  readonly name: string;
  readonly data: Dataset<ImageSet>;
  readonly out: string;
  readonly recipe: Recipe;
}

/** The network, its data and its recipe; names are judged before data, which can take long to prepare. */
function requestOf(given: TrainArguments): TaskResult<Begun> {
  const { net: asked = DEFAULTS.net, out } = given;
  const name = titleOf(asked);
  const preset = recipeOf(given);
  return pipe(
    TE.Do,
    TE.bindW("named", () => () => findNetwork(asked, {})),
    TE.bindW("data", () => () => loaded(given.data ?? DEFAULTS.data)),
    TE.bindW(
      "found",
      ({ data: { classes, height, width, channels } }) => () =>
        findNetwork(asked, { classes: classes.length, input: [height, width, channels] }),
    ),
    TE.bindW("out", () => out === undefined ? () => nextRunFolder("runs", name) : TE.right(out)),
    TE.map(({ data, found, out }) => ({
      net: found.net,
      ...usingOf(found),
      data,
      out,
      name,
      recipe: { ...preset, validation: heldOut(preset, data.train.count, given.validation) },
    })),
  );
}

async function loaded(name: string): Promise<Result<Dataset<ImageSet>>> {
  const status = dataStatus();
  const dataset = await loadDataset(name, { onProgress: status.onProgress });
  status.clear();
  if (dataset._tag === "Right") noteBroken(dataset.right.broken ?? [], standardError());
  return dataset;
}

/** The engine that is asked for; PyTorch is none, and leaves the choice open for later. */
function choiceOf({ engine, ...rest }: TrainArguments): EngineChoice {
  return engine === "torch" ? {} : engineChoice(engine === undefined ? rest : { ...rest, engine });
}

/** A run that was stopped. */
async function resumeRun(given: TrainArguments, folder: string): Promise<number> {
  const using = orThrow(await languageModule(given));
  const { config } = orThrow(await openRunIn(using, folder));
  return given.engine === "torch"
    ? await watchTorch(config, given, (hooks) => resumeOnTorch(folder, { ...hooks, ...using }))
    : await watch(
      config,
      given,
      (hooks) => resume(folder, { ...hooks, ...using }, choiceOf(given)),
    );
}

/** Trains on an engine; gives the exit code. */
function watch(
  subject: Subject,
  given: TrainArguments,
  work: (hooks: TrainWatch) => Promise<Result<TrainOutcome>>,
): Promise<number> {
  return watched(subject, given, { work, ending: (view) => view.ending });
}

/** Trains on PyTorch; gives the exit code. */
function watchTorch(
  subject: Subject,
  given: TrainArguments,
  work: (hooks: TrainWatch & TorchOptions) => Promise<Result<TorchOutcome>>,
): Promise<number> {
  const python = Deno.env.get("NETFOLD_PYTHON");
  const options = { processes: given.nproc ?? 1, ...(python === undefined ? {} : { python }) };
  return watched(subject, given, {
    work: (hooks) => work({ ...hooks, ...options }),
    ending: (view) => view.torchEnding,
  });
}

/** What is watched, and what is said of its end. */
interface Watched<O> {
  readonly work: (hooks: TrainWatch) => Promise<Result<O>>;
  readonly ending: (view: TrainView) => (outcome: O, columns: number) => string;
}

/** Trains with someone watching, who may press Ctrl-C; gives the exit code. */
async function watched<O extends { readonly finished: boolean }>(
  subject: Subject,
  given: TrainArguments,
  { work, ending }: Watched<O>,
): Promise<number> {
  const language = given.language ?? (subject.language && given.net);
  const view = trainView({ ...subject, ...defined({ written: language }) }, standardError());
  const status = statusLine(standardError());
  let interrupt: Interrupt | undefined;
  const outcome = await work({
    onNote: status.show,
    onWarning: (text) => {
      status.clear();
      view.note(`note: ${text}`);
    },
    onStart: (start) => {
      status.clear();
      interrupt = onInterrupt(() => view.note(INTERRUPT_NOTICE));
      view.onStart(start);
    },
    onBroken: (problem) =>
      view.note(`warning: a file is broken; its place is left empty\n${brokenLine(problem)}`),
    onStep: view.onStep,
    onEpoch: view.onEpoch,
    interrupted: () => interrupt?.poll() ?? false,
    ...defined({ saveEvery: given.saveEvery }),
  }).finally(() => interrupt?.dispose());
  status.clear();
  view.clear();
  const done = orThrow(outcome);
  const output = standardOutput();
  output.write(`${ending(view)(done, output.columns())}\n`);
  return done.finished ? EXIT.done : EXIT.interrupted;
}
