/**
 * Checkpoints: one safetensors file that holds all of a run at a moment: the network, its weights
 * and running statistics, what the optimiser keeps, the normalisation of its input, and the place
 * in the data at which to resume. The generator has no state of its own, its seed and the place are
 * enough.
 */
import * as v from "valibot";
import type { HostTensor, Tensors } from "../../dsl/graph/tensors.ts";
import { toJSON } from "../../dsl/net/json.ts";
import { fromJSON } from "../../layers/bound/plan.ts";
import type { Net } from "../../dsl/net/net.ts";
import type { Using } from "../../dsl/plan/language.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { expected, TEXT } from "../../dsl/problem/expect.ts";
import { E, pipe, type Problem, refused, type Result, right } from "../fp.ts";
import type { Shape } from "../../dsl/net/shape.ts";
import type { Normalization } from "../data/normalize.ts";
import { normalizationFromJson } from "../data/normalization_json.ts";
import { readBytes, writeAtomic } from "../files/atomic.ts";
import { isJsonObject, type JsonObject } from "../files/json.ts";
import { LARGEST } from "../files/regular.ts";
import { JSON_TEXT, parsed, record } from "../parsed.ts";
import { decodeSafetensors, encodeSafetensors } from "../files/safetensors.ts";

/** Where a run stands. */
export interface Position {
  /** The epoch that is under way, from 0. */
  readonly epoch: number;
  /** The batches of it that are done. */
  readonly batch: number;
  /** The steps that are done in all. */
  readonly step: number;
  /** Sum of the losses of this epoch's steps so far. */
  readonly lossSum: number;
  /** Sum of the accuracies of this epoch's steps so far. */
  readonly accuracySum: number;
  /** The best validation accuracy so far and its epoch. */
  readonly best?: { readonly epoch: number; readonly accuracy: number };
}

/** A run at a moment. */
export interface Checkpoint {
  /** The network. */
  readonly net: Net;
  /** The shape of an image. */
  readonly input: Shape;
  /** The names of the classes. */
  readonly classes: readonly string[];
  /** What is done to an image before the network sees it. */
  readonly normalization: Normalization;
  /** The seed of the run's generator. */
  readonly seed: number;
  /** Where the run stands. */
  readonly position: Position;
  /** The recipe as its run's configuration held it; checkpoints of earlier versions have none. */
  readonly recipe?: object;
  /** Parameters, running statistics, and what the optimiser keeps (names beginning with `@`). */
  readonly tensors: Tensors;
}

const MEAN = "@normalization.mean";
const DEVIATION = "@normalization.std";

/** Writes a checkpoint; an older one at the path stays whole until the new one is. */
export function saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<Result<void>> {
  const { net, normalization, tensors, ...rest } = checkpoint;
  const { mean, std, kind } = normalization;
  const vector = (data: Float32Array): HostTensor => ({ shape: [data.length], data });
  const all = new Map([...tensors, [MEAN, vector(mean)]]);
  if (std !== undefined) all.set(DEVIATION, vector(std));
  const shape = normalization.kind === "per-pixel-mean" ? normalization.shape : undefined;
  const metadata = {
    "netfold.net": toJSON(net),
    "netfold.run": JSON.stringify({ ...rest, normalization: { kind, shape } }),
  };
  return writeAtomic(path, encodeSafetensors(all, metadata));
}

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());

const stored = v.pipe(
  JSON_TEXT,
  record({
    input: v.pipe(
      v.array(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
      v.check(({ length }) => length === 1 || length === 3, "[height, width, channels]"),
    ),
    classes: v.pipe(v.array(v.string()), v.minLength(1)),
    seed: whole,
    position: record({
      epoch: whole,
      batch: whole,
      step: whole,
      lossSum: finite,
      accuracySum: v.pipe(finite, v.minValue(0)),
      best: v.exactOptional(
        record({ epoch: whole, accuracy: v.pipe(finite, v.minValue(0), v.maxValue(1)) }),
      ),
    }),
    recipe: v.exactOptional(v.custom<JsonObject>(isJsonObject)),
    normalization: record({ kind: v.string(), shape: v.exactOptional(v.array(whole)) }),
  }),
);

/** Reads a checkpoint, or says what is wrong with the file. */
export async function loadCheckpoint(path: string, using: Using = {}): Promise<Result<Checkpoint>> {
  expected(path, TEXT, "path");
  const here = E.mapLeft((problems: readonly Problem[]) =>
    problems.map((problem) => inFile(problem, path))
  );
  return pipe(
    await readBytes(path, { atMost: LARGEST.weights }),
    E.flatMap((bytes) => decodeSafetensors(bytes, path)),
    E.bindW(
      "run",
      ({ metadata: { "netfold.run": text } }) =>
        text === undefined
          ? notOne(path)
          : parsed(stored, text, { path, layer: "checkpoint", code: "not-a-checkpoint" }),
    ),
    E.bindW(
      "net",
      ({ metadata: { "netfold.net": text } }) =>
        text === undefined ? notOne(path) : here(fromJSON(text, using)),
    ),
    E.bindW("normalization", ({ tensors, run: { normalization } }) => {
      const [mean, std] = [MEAN, DEVIATION].map((name) => tensors.get(name)?.data);
      if (mean === undefined) return notOne(path);
      return here(normalizationFromJson({
        ...normalization,
        mean: [...mean],
        ...defined({ std: std && [...std] }),
      }));
    }),
    E.map(({ run, net, normalization, tensors }) => ({
      ...run,
      net,
      normalization,
      tensors: new Map([...tensors].filter(([name]) => name !== MEAN && name !== DEVIATION)),
    })),
  );
}

function notOne(path: string): Result<never> {
  return refused({ path, layer: "checkpoint", code: "not-a-checkpoint" }, {
    rule: "the file must be a checkpoint of a run",
    got: "weights without the run's own data",
    wanted: "a file that a training run saved",
    hint: "use last.safetensors or best.safetensors of a run folder",
  });
}

/** A problem of a network, as one of the file that holds it; what netfold wrote is in another language when a word is unknown. */
export function inFile(problem: Problem, file: string): Problem {
  const isUnknown = problem.code === "unknown-layer" || problem.code === "unknown-merge";
  return {
    ...problem,
    path: [file, problem.path].filter((part) => part !== "").join(": "),
    hint: isUnknown ? LANGUAGE : problem.hint,
  };
}

const LANGUAGE =
  "give the language in which it is written: --language FILE, in a script { language }";

/** What of a checkpoint does not fit the tensors that a program needs: the first name that differs. */
export function misfit(path: string, tensors: Tensors, wanted: Tensors): Result<Tensors> {
  for (const [name, { shape }] of wanted) {
    const found = tensors.get(name);
    if (found?.shape.join() === shape.join()) continue;
    return refused({ path, layer: "checkpoint", code: "other-network" }, {
      rule: "the checkpoint belongs to another network or optimiser",
      got: `${name}: ${found === undefined ? "missing" : `[${found.shape.join(", ")}]`}`,
      wanted: `[${shape.join(", ")}]`,
      hint: "use the checkpoint of this run, or start a new run",
    });
  }
  return right(tensors);
}
