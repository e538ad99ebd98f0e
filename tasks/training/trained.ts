/** A run with its weights, checked against its network: what every task that uses a run begins with. */
import { usingOf } from "../../dsl/plan/language.ts";
import * as v from "valibot";
import { initialParameters } from "../../dsl/programs/initial.ts";
import { equal } from "../../dsl/net/net.ts";
import type { Using } from "../../dsl/plan/language.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { plan } from "../../layers/bound/plan.ts";
import { orThrow, problemAt, ProblemError } from "../fp.ts";
import type { RunFolder } from "../files/run_folder.ts";
import { parsed } from "../parsed.ts";
import { type Checkpoint, loadCheckpoint, misfit } from "./checkpoint.ts";
import { openRunIn, type RunConfig } from "./config.ts";
import type { EngineOptions } from "./engine.ts";

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

const GIVEN = v.object({
  folder: v.string(),
  options: v.looseObject({ weights: v.optional(v.picklist(["best", "last"])) }),
});

/**
 * Opens a run with its weights.
 *
 * @throws {ProblemError} When the run or its weights cannot be used.
 */
export async function openTrained(
  folder: string,
  options: Pick<UseOptions, "weights" | "language">,
): Promise<Trained> {
  orThrow(parsed(GIVEN, { folder, options }, { path: "run", layer: "option" }));
  const { weights = "best" } = options;
  const { run, config } = orThrow(await openRunIn(options, folder));
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
