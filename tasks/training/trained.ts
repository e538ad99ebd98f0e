/** A run with its weights, checked against its network: what every task that uses a run begins with. */
import { usingOf } from "../../dsl/plan/language.ts";
import type { WantedOf } from "../../dsl/problem/expect.ts";
import {
  ANYTHING,
  expectAll,
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
import { type Checkpoint, loadCheckpoint, misfit } from "./checkpoint.ts";
import { openRunIn, type RunConfig } from "./config.ts";
import type { EngineOptions } from "./engine.ts";
import { runPath } from "./pretrained.ts";

/** Which weights of a run to use, and on which engine; `auto` by default, whichever trained them. */
export interface UseOptions extends EngineOptions, Using {
  /** `best` by default, or `last`. */
  readonly weights?: "best" | "last";
}

export interface Trained {
  readonly run: RunFolder;
  readonly config: RunConfig;
  readonly checkpoint: Checkpoint;
  readonly plan: Plan;
}

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
  const checkpoint = orThrow(await loadCheckpoint(path, usingOf(config)));
  const { net, input, tensors, classes } = checkpoint;
  if (!equal(net, config.net)) {
    throw new ProblemError([problemAt({ path, layer: "checkpoint", code: "other-network" }, {
      rule: "the checkpoint belongs to another network",
      got: "a network that differs from config.json's",
      wanted: "the network of the run",
      hint: "restore the run's own files",
    })]);
  }
  const planned = orThrow(plan(net, input, usingOf(config)));
  orThrow(misfit(path, tensors, initialParameters(planned, 0)));
  if (planned.output.join() !== `${classes.length}`) {
    throw new ProblemError([problemAt({ path, layer: "checkpoint", code: "class-count" }, {
      rule: "the network must give one logit for each class",
      got: `${planned.output.join("x")} for ${classes.length} classes`,
      wanted: `${classes.length}`,
      hint: "use a file that a training run saved",
    })]);
  }
  return { run, config, checkpoint, plan: planned };
}
