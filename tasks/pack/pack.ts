/**
 * A finished run as a pretrained network: its best weights with kernels as float16, its
 * configuration, its metrics and a card, in a folder of the network's name.
 */
import { join } from "@std/path";
import { closest } from "../../dsl/problem/suggest.ts";
import { ZOO_NAMES } from "../../nets/zoo.ts";
import { makeFolder, readBytes, readJson, writeAtomic, writeJson } from "../files/atomic.ts";
import { isMissing } from "../files/io_problem.ts";
import { readMetrics } from "../files/metrics.ts";
import { LARGEST } from "../files/regular.ts";
import { runAt } from "../files/run_folder.ts";
import { attempt, orThrow, problemAt, ProblemError, type Result } from "../fp.ts";
import { isJsonObject } from "../files/json.ts";
import { saveCheckpoint } from "../training/checkpoint.ts";
import { openRunIn, recordsAlike, type RunConfig } from "../training/config.ts";
import type { EngineUse } from "../training/engine.ts";
import { evaluate, type EvaluateOptions } from "../training/evaluate.ts";
import { digestOf } from "../training/pretrained.ts";
import { presetFor, type PresetName, PRESETS } from "../training/presets.ts";
import { epochsOf, testOf } from "../training/record.ts";
import { openTrained } from "../training/trained.ts";
import { card } from "./card.ts";
import { PROGRAM } from "../program_name.ts";

/** Options of {@link pack}. */
export interface PackOptions
  extends EngineUse, Pick<EvaluateOptions, "dataset" | "onProgress" | "onWarning"> {
  /** The folder of pretrained networks, with their index. */
  readonly into: string;
  /** The command that made the run; the one with the preset that is its recipe when left out. */
  readonly command?: string | undefined;
}

/** What was packed. */
export interface Packed {
  readonly folder: string;
  /** The bytes of its weights. */
  readonly bytes: number;
  readonly card: string;
}

const INDEX = "index.json";
const CARD = "README.md";

/** Packs a run. Needs `--allow-read` for it, and to read and write the folder. */
export function pack(path: string, options: PackOptions): Promise<Result<Packed>> {
  return attempt(async () => {
    const { into, command, ...use } = options;
    const { run, config } = orThrow(await openRunIn({}, path));
    const { name } = config;
    if (!ZOO_NAMES.includes(name)) {
      throw refused(path, name, "a network of the zoo", closest(name, ZOO_NAMES, ""));
    }
    const records = orThrow(await readMetrics(run));
    const reached = testOf(records);
    if (reached === undefined) {
      const hint = `resume it: ${PROGRAM} train --resume ${path}`;
      throw refused(path, "a run that has not ended", "a finished run", hint);
    }
    const made = command ?? commandOf(config);
    if (made === undefined) {
      const hint = 'say what made it: --command "deno task train ..."';
      throw refused(path, "a recipe that is no preset's", "a run that a command makes again", hint);
    }
    const { checkpoint, plan } = await openTrained(path, {}, {});
    const folder = join(into, name);
    orThrow(await makeFolder(folder)());
    const packed = runAt(folder);
    const { recipe: _, ...best } = checkpoint;
    // What the optimiser kept is for resuming alone.
    const tensors = new Map([...best.tensors].filter(([path]) => !path.startsWith("@")));
    orThrow(await saveCheckpoint(packed.best, { ...best, tensors }, { half: true }));
    for (const file of ["config", "metrics", "steps"] as const) {
      const content = await readBytes(run[file], { atMost: LARGEST.metrics });
      // A run of an earlier version has no steps.
      if (content._tag === "Left" && file === "steps" && content.left.every(isMissing)) continue;
      orThrow(await writeAtomic(packed[file], orThrow(content)));
    }
    const measured = orThrow(await evaluate(folder, use));
    const text = card({
      config,
      plan,
      checkpoint,
      epochs: epochsOf(records),
      reached: { run: reached, packed: measured },
      commands: [made, `deno task pack ${path}`],
    });
    orThrow(await writeAtomic(join(folder, CARD), text));
    const bytes = await addToIndex(into, name);
    return { folder, bytes, card: text };
  });
}

/** Puts the checksums of a network's files into the index; gives the size of its weights. */
async function addToIndex(into: string, name: string): Promise<number> {
  const path = join(into, INDEX);
  const index = orThrow(await readJson(path));
  const { folder, best } = runAt(join(into, name));
  const names = (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name);
  const digests: Record<string, string> = {};
  for (const file of names.filter((file) => file !== CARD).sort()) {
    digests[file] = digestOf(orThrow(await readBytes(join(folder, file))));
  }
  const all = { ...(isJsonObject(index) ? index : {}), [name]: digests };
  const sorted = Object.entries(all).toSorted(([a], [b]) => a < b ? -1 : 1);
  orThrow(await writeJson(path, Object.fromEntries(sorted)));
  return (await Deno.stat(best)).size;
}

/** The command that makes such a run, when its recipe is a preset's. */
function commandOf({ name, recipe, from, earlier }: RunConfig): string | undefined {
  const isPreset = (preset: string): preset is PresetName => Object.hasOwn(PRESETS, preset);
  const preset = Object.keys(PRESETS).filter(isPreset)
    .find((preset) => recordsAlike(presetFor(name, preset), recipe));
  const isPlain = from === undefined && earlier === undefined;
  return preset && isPlain ? `deno task train ${name} --preset ${preset}` : undefined;
}

function refused(path: string, got: string, wanted: string, hint: string): ProblemError {
  return new ProblemError([problemAt({ path, layer: "run", code: "cannot-pack" }, {
    rule: "what travels with netfold is a finished run of a known network, made by a command",
    got,
    wanted,
    hint,
  })]);
}
