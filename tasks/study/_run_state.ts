/**
 * Where a run of a study stands, read from its folder: nothing there, begun,
 * finished, or come to a number that is not finite. A folder that holds another
 * run than the study's is a problem, never a result.
 */
import { usingOf } from "../../dsl/plan/language.ts";
import { join } from "@std/path";
import { toJSON } from "../../dsl/net/json.ts";
import { equal } from "../../dsl/net/net.ts";
import { plan } from "../../layers/bound/plan.ts";
import { fail, type Problem, problemAt, type Result, right } from "../fp.ts";
import { diff } from "../../dsl/interpreters/diff/diff.ts";
import { readJson, writeJson } from "../files/atomic.ts";
import { isMissing } from "../files/io_problem.ts";
import { isJsonObject } from "../files/json.ts";
import { readMetrics } from "../files/metrics.ts";
import type { RunFolder } from "../files/run_folder.ts";
import { openRunIn, recordsAlike, type RunConfig } from "../training/config.ts";
import type { Figures } from "../training/measure.ts";
import { type EpochRecord, epochsOf, testOf } from "../training/record.ts";
import { armConfig, type ArmRun } from "./study.ts";

export type RunState =
  | { readonly kind: "absent" }
  | { readonly kind: "begun"; readonly run: RunFolder; readonly config: RunConfig }
  | {
    readonly kind: "finished";
    readonly run: RunFolder;
    readonly config: RunConfig;
    readonly test: Figures;
    readonly epochs: readonly EpochRecord[];
  }
  | { readonly kind: "diverged"; readonly run: RunFolder; readonly reason: string };

const DIVERGED = "diverged.json";

/** Where the run in a folder stands. */
export async function runState(folder: string, wanted: ArmRun): Promise<Result<RunState>> {
  const opened = await openRunIn(wanted.arm, folder);
  if (opened._tag === "Left") {
    // A kill may come between the making of the folder and the writing of its configuration.
    return await hasNoConfig(folder) ? right({ kind: "absent" }) : opened;
  }
  const { run, config } = opened.right;
  const other = otherRun(folder, config, wanted);
  if (other !== undefined) return fail(other);
  const diverged = await readJson(join(folder, DIVERGED));
  if (diverged._tag === "Right") {
    const reason = isJsonObject(diverged.right) ? `${diverged.right.reason ?? ""}` : "";
    return right({ kind: "diverged", run, reason });
  }
  const records = await readMetrics(run);
  if (records._tag === "Left") return records;
  const test = testOf(records.right);
  return test === undefined
    ? right({ kind: "begun", run, config })
    : right({ kind: "finished", run, config, test, epochs: epochsOf(records.right) });
}

/** Notes that a run met a number that is not finite: with the same seed it always will. */
export function noteDiverged(folder: string, problems: readonly Problem[]): Promise<Result<void>> {
  const reason = problems.map(({ path, got }) => `${path}: ${got}`).join("; ");
  return writeJson(join(folder, DIVERGED), { reason });
}

async function hasNoConfig(folder: string): Promise<boolean> {
  const config = await readJson(join(folder, "config.json"));
  return config._tag === "Left" && config.left.every(isMissing);
}

/** What in a folder's configuration is not as the study has it. */
function otherRun(folder: string, config: RunConfig, wanted: ArmRun): Problem | undefined {
  const { net, data, input, recipe } = armConfig(wanted);
  const parts = [
    ...(equal(config.net, net) ? [] : [`the network (${netDifference(config, wanted)})`]),
    ...(config.data === data ? [] : [`the data (${config.data})`]),
    ...(`${config.input}` === `${input}` ? [] : ["the input"]),
    ...(recordsAlike(config.recipe, recipe) ? [] : ["the recipe"]),
  ];
  if (parts.length === 0) return undefined;
  return problemAt({ path: folder, layer: "study", code: "other-run" }, {
    rule: "a run's folder holds the run of the study that its name says",
    got: `another run: ${parts.join(", ")} differs`,
    wanted: "the study's own run, or no folder",
    hint:
      "it was made with other options or another version; move it away, or choose another --out",
  });
}

function netDifference(config: RunConfig, { arm }: ArmRun): string {
  const [before, after] = [
    plan(config.net, config.input, usingOf(config)),
    plan(arm.net, arm.input, usingOf(arm)),
  ];
  if (before._tag === "Left" || after._tag === "Left") {
    return `${toJSON(config.net).length} bytes of JSON`;
  }
  const { differences } = diff(before.right, after.right);
  return `${differences.length} differences`;
}
