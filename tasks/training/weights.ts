/**
 * Weights that a run begins with: another run's, a file's, or tensors from a script. Every parameter
 * takes the tensor of its name, and every tensor must find its place. The classifier alone may start
 * anew, where its classes are others. How images are normalised comes along, for the network has
 * learnt on images that were so.
 */
import { basename, dirname, join } from "@std/path";
import { checkArgument, type Tensors } from "../../dsl/graph/tensors.ts";
import { sameShape } from "../../dsl/net/shape.ts";
import { type Using, usingOf } from "../../dsl/plan/language.ts";
import { expected, hasFields, type Wanted } from "../../dsl/problem/expect.ts";
import { imageBytes, type ImageShape } from "../data/dataset.ts";
import { NORMALIZATION, type Normalization, normalizationMaps } from "../data/normalize.ts";
import { isMissing } from "../files/io_problem.ts";
import { regularSize } from "../files/regular.ts";
import type { RunFolder } from "../files/run_folder.ts";
import type { Result } from "../fp.ts";
import { attempt, E, orThrow, pipe, refused, right } from "../fp.ts";
import { placed, type Source } from "./_placed.ts";
import { type Checkpoint, loadCheckpoint } from "./checkpoint.ts";
import { openRunIn, type RunConfig, type TakenFrom } from "./config.ts";
import { withoutChoice } from "./missing_weights.ts";
import type { Prepared } from "./prepare.ts";
import { openTrained } from "./trained.ts";
import { sha256 } from "../files/sha256.ts";

/**
 * Weights to begin with: the folder of a run, whose best they are, the file of a checkpoint, a
 * checkpoint, or tensors by the paths of parameters. A checkpoint's normalisation is the run's too;
 * for tensors the training images are measured.
 */
export type Weights = string | Checkpoint | Tensors;

/** What {@link Weights} are. */
const WEIGHTS: Wanted = {
  fits: (value) =>
    value === undefined || typeof value === "string" || value instanceof Map ||
    hasFields(value, ["tensors", "normalization", "classes"]),
  wanted: "the folder of a run, the file of a checkpoint, a checkpoint, or tensors by path",
  hint: 'such as "runs/first", or transferWeights(tensors, plan, { rest })',
};

/** A checkpoint to begin with, and the name of its network. */
export interface OpenWeights {
  readonly name: string;
  readonly checkpoint: Checkpoint;
}

const LAST = "last.safetensors";
const FILE = /\.safetensors$/;

/** Opens weights by the folder of their run, or by their file. Needs `--allow-read` for them. */
export function openWeights(source: string, using: Using = {}): Promise<Result<OpenWeights>> {
  return attempt(async () => {
    const isFile = FILE.test(source) || (await regularSize(source, Infinity))._tag === "Right";
    if (!isFile) {
      const { config, checkpoint } = orThrow(
        withoutChoice(
          await attempt(() => openTrained(source, using, {})),
          (folder) => `begin with its last weights by their file: ${join(folder, LAST)}`,
        ),
      );
      return { name: config.name, checkpoint };
    }
    const checkpoint = orThrow(await loadCheckpoint(source, using));
    const run = await openRunIn(using, dirname(source));
    const name = run._tag === "Right" ? run.right.config.name : basename(source).replace(FILE, "");
    return { name, checkpoint };
  });
}

/** What a new run takes over. */
export interface Taken {
  /** What its configuration says of it. */
  readonly from: TakenFrom;
  /** Parameters and running statistics by path. */
  readonly tensors: Tensors;
  readonly normalization: Normalization;
}

/** Opens what weights are taken from, for a network in a language. */
export function openSource(weights: Weights, using: Using): Promise<Result<Source>> {
  return attempt(async () => {
    const source = await sourceOf(expected(weights, WEIGHTS, "weights"), using);
    checkArgument(source.tensors, "weights", "take");
    return source;
  });
}

/** Takes weights over into a run that is yet to begin, or says what does not fit. */
export function takeWeights(
  source: Source,
  config: RunConfig,
  prepared: Prepared,
  classes: readonly string[],
): Result<Taken> {
  const own = source.normalization ?? prepared.normalization;
  return pipe(
    placed(source, config, { plan: prepared.plan, classes }),
    E.flatMap(({ tensors, anew }) =>
      pipe(
        fitted(own, prepared.train.shape),
        E.map((normalization): Taken => ({
          from: { weights: source.name, sha256: digestOf(tensors), anew, mean: meanOf(prepared) },
          ...{ tensors, normalization },
        })),
      )
    ),
  );
}

async function sourceOf(weights: Weights, using: Using): Promise<Source> {
  if (typeof weights !== "string") {
    return "tensors" in weights
      ? { ...partsOf(weights), name: "a checkpoint" }
      : { tensors: weights, name: "tensors" };
  }
  const { checkpoint } = orThrow(await openWeights(weights, usingOf(using)));
  return { ...partsOf(checkpoint), name: weights };
}

function partsOf({ tensors, normalization, classes }: Checkpoint) {
  expected(normalization, NORMALIZATION, "weights.normalization");
  return { tensors, normalization, classes };
}

/** A normalisation for images of a size: a mean image of another size becomes its mean colour. */
function fitted(own: Normalization, shape: ImageShape): Result<Normalization> {
  const channels = shape[2];
  const isOther = own.kind === "per-pixel-mean" && own.shape[2] === channels &&
    !sameShape(own.shape, shape);
  const colour = Array.from(
    { length: channels },
    (_, channel) => mean(own.mean.filter((_, i) => i % channels === channel)),
  );
  const found = isOther
    ? {
      ...own,
      shape,
      mean: Float32Array.from({ length: imageBytes(shape) }, (_, i) => colour[i % channels] ?? 0),
    }
    : own;
  return pipe(normalizationMaps(found, shape), E.map(() => found));
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The mean of what is measured on the training images, by which they are known again. */
function meanOf({ normalization }: Prepared): number {
  return mean(normalization.mean);
}

/** The SHA-256 of tensors, in the order of their names. */
function digestOf(tensors: Tensors): string {
  const hash = sha256();
  for (const [name, { data }] of [...tensors].toSorted(([a], [b]) => a < b ? -1 : 1)) {
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}

/** What a run needs that is resumed: one that took weights over has their normalisation, which its checkpoint keeps. */
export function preparedAgain(
  { last }: RunFolder,
  { from }: RunConfig,
  measured: Prepared,
  found: Result<Checkpoint>,
): Result<Prepared> {
  if (from === undefined) return right(measured);
  if (found._tag === "Left") {
    return found.left.every(isMissing)
      ? refused({ path: last, layer: "checkpoint", code: "weights-missing" }, {
        rule: `a run that began with weights of ${from.weights} resumes from its checkpoint`,
        got: "no checkpoint",
        wanted: "the run's last.safetensors",
        hint: "restore the run's own files, or start a new run with --from",
      })
      : found;
  }
  if (meanOf(measured) === from.mean) {
    return right({ ...measured, normalization: found.right.normalization });
  }
  return refused({ path: last, layer: "checkpoint", code: "other-run" }, {
    rule: "the training images must be those that the run began with",
    got: `images whose mean is ${meanOf(measured)}`,
    wanted: `${from.mean}`,
    hint: "restore the run's own files and data, or start a new run",
  });
}
