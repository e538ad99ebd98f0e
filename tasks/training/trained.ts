/** A run with its weights, checked against its network: what every task that uses a run begins with. */
import { usingOf } from "../../dsl/plan/language.ts";
import type { Wanted, WantedOf } from "../../dsl/problem/expect.ts";
import {
  ANYTHING,
  expectAll,
  fieldsOf,
  FUNCTION,
  needed,
  oneOf,
  optional,
  OPTIONS,
  TEXT,
} from "../../dsl/problem/expect.ts";
import { initialParameters } from "../../dsl/programs/initial.ts";
import { equal } from "../../dsl/net/net.ts";
import type { Using } from "../../dsl/plan/language.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { plan } from "../../layers/bound/plan.ts";
import { closest } from "../../dsl/problem/suggest.ts";
import type { Problem, Result } from "../fp.ts";
import { attempt, E, orThrow, problemAt, ProblemError, RA } from "../fp.ts";
import type { OpenRun, RunFolder } from "../files/run_folder.ts";
import { PRETRAINED_NAMES } from "../networks/pretrained.ts";
import { type Checkpoint, misfit } from "./checkpoint.ts";
import { openRunIn, type RunConfig } from "./config.ts";
import type { EngineOptions } from "./engine.ts";
import { loadWeights } from "./missing_weights.ts";
import { runPath } from "./pretrained.ts";

/** Which weights of a run to use, and on which engine; `auto` by default, whichever trained them. */
export interface UseOptions extends EngineOptions, Using {
  /** `best` by default, or `last`. */
  readonly weights?: "best" | "last";
}

/** Trained weights, and the plan of their network. */
export interface Seen {
  readonly checkpoint: Checkpoint;
  readonly plan: Plan;
  /** The data set that it was trained on, where that is known. */
  readonly data?: string;
}

export interface Trained extends Seen {
  readonly run: RunFolder;
  readonly config: RunConfig;
}

/** What a checkpoint must hold to be used. */
const CHECKPOINT = fieldsOf(
  ["net", "input", "classes", "normalization", "tensors"],
  "a run folder, a pretrained network's name, or a checkpoint",
  "such as what fit() and loadCheckpoint() give",
);
const NONE: Wanted = {
  fits: (value) => value === undefined,
  wanted: "nothing: a checkpoint has one set of weights",
};

/** What {@link UseOptions} take; the engine is judged where it is opened. */
const USE: WantedOf<UseOptions> = {
  engine: ANYTHING,
  backend: ANYTHING,
  threads: ANYTHING,
  onWarning: optional(FUNCTION),
  language: ANYTHING,
  weights: optional(oneOf(["best", "last"])),
};

/** Opens a run by its folder, or a pretrained network by its name. */
export function openNamedRun(name: string, using: Using): Promise<Result<OpenRun<RunConfig>>> {
  return attempt(async () => {
    const opened = await openRunIn(using, orThrow(await runPath(name)));
    return orThrow(E.mapLeft(RA.map(withPretrained(name)))(opened));
  });
}

function withPretrained(name: string): (problem: Problem) => Problem {
  return (problem) =>
    problem.code !== "not-a-run" ? problem : {
      ...problem,
      hint: closest(
        name,
        PRETRAINED_NAMES,
        `check the path, or name a pretrained network: ${PRETRAINED_NAMES.join(", ")}`,
      ),
    };
}

/**
 * Opens a run with its weights, for a task that takes options of its own beside those of use.
 *
 * @throws {ProblemError} When an option is wrong, or the run or its weights cannot be used.
 */
export async function openTrained<O extends UseOptions>(
  folder: string,
  options: O,
  own: WantedOf<Omit<O, keyof UseOptions>>,
): Promise<Trained> {
  expectAll({ folder: [folder, TEXT], options: [options, OPTIONS] });
  needed<object>(options, { ...USE, ...own });
  const { weights = "best" } = options;
  const { run, config } = orThrow(await openNamedRun(folder, options));
  const path = run[weights];
  const checkpoint = orThrow(await loadWeights(run, weights, usingOf(config)));
  if (!equal(checkpoint.net, config.net)) {
    throw new ProblemError([problemAt({ path, layer: "checkpoint", code: "other-network" }, {
      rule: "the checkpoint belongs to another network",
      got: "a network that differs from config.json's",
      wanted: "the network of the run",
      hint: "restore the run's own files",
    })]);
  }
  return { run, config, data: config.data, ...planned(path, checkpoint, usingOf(config)) };
}

/**
 * A checkpoint with its plan, for a task that takes options of its own beside those of use.
 *
 * @throws {ProblemError} When an option is wrong, or the checkpoint holds no trained network.
 */
export function trainedOf<O extends UseOptions>(
  checkpoint: Checkpoint,
  options: O,
  own: WantedOf<Omit<O, keyof UseOptions>>,
): Seen {
  expectAll({ checkpoint: [checkpoint, CHECKPOINT], options: [options, OPTIONS] });
  needed<object>(options, { ...USE, weights: NONE, ...own });
  return planned("checkpoint", checkpoint, usingOf(options));
}

/** A checkpoint and its network's plan, which it fits. */
function planned(
  path: string,
  checkpoint: Checkpoint,
  using: Using,
): Pick<Trained, "checkpoint" | "plan"> {
  const { net, input, tensors, classes } = checkpoint;
  const found = orThrow(plan(net, input, using));
  orThrow(misfit(path, tensors, initialParameters(found, 0)));
  if (found.output.join() !== `${classes.length}`) {
    throw new ProblemError([problemAt({ path, layer: "checkpoint", code: "class-count" }, {
      rule: "the network must give one logit for each class",
      got: `${found.output.join("x")} for ${classes.length} classes`,
      wanted: `${classes.length}`,
      hint: "use a file that a training run saved",
    })]);
  }
  return { checkpoint, plan: found };
}
