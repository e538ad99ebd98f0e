/**
 * `deno task train [NET]`: trains a network into a run folder, or goes on with
 * a run that was stopped. Ctrl-C finishes the step under way and saves.
 */
import type { EngineChoice } from "../../dsl/engines/choice.ts";
import type { Problem } from "../../dsl/problem/problem.ts";
import { type Result, right } from "../../dsl/problem/result.ts";
import { usageError } from "../cli/command_line.ts";
import { engineChoice } from "../cli/engine_options.ts";
import { EXIT } from "../cli/exit.ts";
import { brokenLine, dataStatus, noteBroken } from "../terminal/data_status.ts";
import { findNetwork, titleOf } from "../networks/networks.ts";
import { statusLine } from "../terminal/status_line.ts";
import { reportProblems, runTask } from "../cli/task.ts";
import { DEFAULTS, parseTrainArguments, type TrainArguments } from "./options.ts";
import { heldOut, recipeOf, refusedOnResume } from "./request.ts";
import { type Subject, type TrainView, trainView } from "./view.ts";
import { loadDataset } from "../data/load.ts";
import { nextRunFolder, openRun } from "../files/run_folder.ts";
import { type Interrupt, INTERRUPT_NOTICE, onInterrupt } from "../terminal/interrupt.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";
import { configFromJson, type Recipe } from "../training/config.ts";
import {
  resumeOnTorch,
  type TorchOptions,
  type TorchOutcome,
  trainOnTorch,
} from "../training/torch.ts";
import { resume, train, type TrainOutcome, type TrainWatch } from "../training/train.ts";

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const given = parseTrainArguments(args);
  if (given.resume !== undefined) return await goOn(given, given.resume);
  const recipe = recipeOf(given);
  return recipe._tag === "Left"
    ? usageError("train", recipe.left)
    : await begin(given, recipe.right);
}

/** A new run. */
async function begin(given: TrainArguments, preset: Recipe): Promise<number> {
  const { net: asked = DEFAULTS.net } = given;
  const name = titleOf(asked);
  // Before the data, which can take long to prepare.
  const known = await findNetwork(asked, {});
  if (known._tag === "Left") return cannot("train", known.left);
  const status = dataStatus();
  const dataset = await loadDataset(given.data ?? DEFAULTS.data, status);
  status.clear();
  if (dataset._tag === "Left") return cannot("train", dataset.left);
  noteBroken(dataset.right.broken ?? [], standardError());
  const { classes, height, width, channels, train: images } = dataset.right;
  const recipe = { ...preset, validation: heldOut(preset, images.count, given.validation) };
  const input = [height, width, channels];
  const net = await findNetwork(asked, { classes: classes.length, input });
  if (net._tag === "Left") return cannot("train", net.left);
  const out = given.out === undefined ? await nextRunFolder("runs", name) : right(given.out);
  if (out._tag === "Left") return cannot("train", out.left);
  const what = { net: net.right, name, data: dataset.right, out: out.right, recipe };
  const request = { ...what, ...choiceOf(given) };
  const subject = { name, data: dataset.right.name, net: net.right, input, recipe };
  return given.engine === "torch"
    ? await watchTorch(subject, given, (hooks) => trainOnTorch(request, hooks))
    : await watch(subject, given, (hooks) => train(request, hooks));
}

/** The engine that is asked for; PyTorch is none, and leaves the choice open for later. */
function choiceOf({ engine, ...rest }: TrainArguments): EngineChoice {
  return engine === "torch" ? {} : engineChoice({ ...rest, engine });
}

/** A run that was stopped. */
async function goOn(given: TrainArguments, folder: string): Promise<number> {
  const refused = refusedOnResume(given);
  if (refused.length > 0) {
    const text = `--resume goes on with a run as it was begun; leave out ${refused.join(", ")}`;
    return usageError("train", text);
  }
  const opened = await openRun(folder, configFromJson);
  if (opened._tag === "Left") return cannot("resume", opened.left);
  const { config } = opened.right;
  return given.engine === "torch"
    ? await watchTorch(config, given, (hooks) => resumeOnTorch(folder, hooks))
    : await watch(config, given, (hooks) => resume(folder, hooks, choiceOf(given)));
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
  { saveEvery }: TrainArguments,
  { work, ending }: Watched<O>,
): Promise<number> {
  const view = trainView(subject, standardError());
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
    ...(saveEvery === undefined ? {} : { saveEvery }),
  }).finally(() => interrupt?.dispose());
  status.clear();
  view.clear();
  if (outcome._tag === "Left") return cannot("train", outcome.left);
  const output = standardOutput();
  output.write(`${ending(view)(outcome.right, output.columns())}\n`);
  return outcome.right.finished ? EXIT.done : EXIT.interrupted;
}

function cannot(act: string, problems: readonly Problem[]): number {
  reportProblems(`cannot ${act}`, problems);
  return EXIT.failed;
}
