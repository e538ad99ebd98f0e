/**
 * `deno task train [NET]`: trains a network into a run folder, or resumes a
 * run that was stopped. Ctrl-C finishes the step under way and saves.
 */
import type { EngineChoice } from "../../dsl/engines/choice.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { shellWord } from "../../dsl/problem/escape.ts";
import type { Using } from "../../dsl/plan/language.ts";
import { engineChoice } from "../cli/engine_options.ts";
import { orThrow, type Result } from "../fp.ts";
import { type Run, runner } from "../cli/arguments.ts";
import { EXIT } from "../cli/exit.ts";
import { languageModule } from "../networks/module.ts";
import { type TrainArguments, trainCommand } from "./options.ts";
import { requestOf } from "./asked.ts";
import { torchHint } from "./torch_hint.ts";
import type { Outcome } from "../training/view/view.ts";
import { watching } from "../training/view/watching.ts";
import { type Interrupt, INTERRUPT_NOTICE, onInterrupt } from "../terminal/interrupt.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";
import { readMetrics } from "../files/metrics.ts";
import { tryPlace } from "../files/run_folder.ts";
import { PROGRAM } from "../program_name.ts";
import { openRunIn } from "../training/config.ts";
import { testOf } from "../training/record.ts";
import { resumeOnTorch, type TorchOptions, trainOnTorch } from "../training/torch.ts";
import { resume, train, type TrainWatch } from "../training/train.ts";

export const run: Run = runner(
  trainCommand,
  ({ resume }) => resume === undefined ? "train" : "resume",
  (given) => given.resume === undefined ? begin(given) : resumeRun(given, given.resume),
);

async function begin(given: TrainArguments): Promise<number> {
  // Before the data, which may have to be fetched.
  if (given.out !== undefined) orThrow(await tryPlace(given.out));
  const request = { ...await requestOf("train", given), ...choiceOf(given) };
  const isOpen = (given.engine ?? "auto") === "auto" && given.backend === undefined;
  const hint = isOpen ? await torchHint(request.recipe, request.data) : undefined;
  return await watched(
    request,
    { ...given, ...defined({ hint }) },
    (hooks) =>
      given.engine === "torch"
        ? trainOnTorch(request, { ...hooks, ...torchOptions(given) })
        : train(request, hooks),
  );
}

/** The engine that is asked for; PyTorch is none, and leaves the choice open for later. */
function choiceOf({ engine, ...rest }: TrainArguments): EngineChoice {
  return engine === "torch" ? {} : engineChoice(engine === undefined ? rest : { ...rest, engine });
}

async function resumeRun(given: TrainArguments, folder: string): Promise<number> {
  const using = orThrow(await languageModule(given));
  const { run, config } = orThrow(await openRunIn(using, folder));
  const epochs = defined({ epochs: given.epochs });
  const hasEnded = testOf(orThrow(await readMetrics(run))) !== undefined;
  if (hasEnded && given.epochs === undefined) {
    const longer = `${PROGRAM} train --resume ${shellWord(folder)} --epochs N`;
    standardError().write(
      `note: this run has ended; it is measured again, and ${longer} trains it longer\n`,
    );
  }
  return await watched(
    config,
    given,
    (hooks) =>
      given.engine === "torch"
        ? resumeOnTorch(folder, { ...hooks, ...using, ...epochs, ...torchOptions(given) })
        : resume(folder, { ...hooks, ...using, ...epochs, ...choiceOf(given) }),
  );
}

function torchOptions({ nproc, precision }: TrainArguments): TorchOptions {
  return defined({ processes: nproc, precision, python: Deno.env.get("NETFOLD_PYTHON") });
}

/** Trains with someone watching, who may press Ctrl-C; gives the exit code. */
async function watched(
  subject: Using,
  given: TrainArguments & { readonly hint?: string },
  work: (hooks: TrainWatch) => Promise<Result<Outcome>>,
): Promise<number> {
  const written = given.language ?? (subject.language && given.net);
  const { hooks, view, clear } = watching(standardError(), defined({ written }));
  let interrupt: Interrupt | undefined;
  const outcome = await work({
    ...hooks,
    log: false,
    onStart: (start) => {
      interrupt = onInterrupt(() => view.note(INTERRUPT_NOTICE));
      hooks.onStart(start);
      // A graphics card is faster than any processor.
      const isOnCard = start.engine.includes("webgpu");
      if (given.hint !== undefined && !isOnCard) view.note(`note: ${given.hint}`);
    },
    interrupted: () => interrupt?.poll() ?? false,
    ...defined({ saveEvery: given.saveEvery, tensorboard: given.tensorboard }),
  }).finally(() => interrupt?.dispose());
  clear();
  const done = orThrow(outcome);
  const output = standardOutput();
  output.write(`${view.ending(done, output.columns())}\n`);
  return done.finished ? EXIT.done : EXIT.interrupted;
}
