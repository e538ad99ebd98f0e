/** A run that has no last checkpoint, though it has trained for longer than a run without one can. */
import type { RunFolder } from "../files/run_folder.ts";
import { isMissing } from "../files/io_problem.ts";
import { readMetrics } from "../files/metrics.ts";
import { refused, type Result, right } from "../fp.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { RunConfig } from "./config.ts";
import { epochsOf, testOf } from "./record.ts";

/**
 * Refuses a run whose last checkpoint is gone: begun anew, it would write over its best weights. A
 * run that was killed before its first checkpoint has recorded an epoch at most.
 */
export async function checkNotLost(
  run: RunFolder,
  { from }: Pick<RunConfig, "from">,
  last: Result<Checkpoint>,
): Promise<Result<unknown>> {
  const isLost = last._tag === "Left" && last.left.every(isMissing);
  // What began with weights is refused without its checkpoint in any case, where it is prepared.
  if (!isLost || from !== undefined) return right(undefined);
  const records = await readMetrics(run);
  if (records._tag === "Left") return records;
  const epochs = epochsOf(records.right).length;
  if (epochs < 2 && testOf(records.right) === undefined) return right(undefined);
  return refused({ path: run.last, layer: "checkpoint", code: "checkpoint-lost" }, {
    rule: "a run is resumed from its last checkpoint",
    got: `no checkpoint, after ${epochs} ${epochs === 1 ? "epoch" : "epochs"}`,
    wanted: "the run's last.safetensors",
    hint:
      "restore that file, or begin a new run with the best weights of this one: --from, in a script { weights }",
  });
}
