/**
 * Checkpoints: one safetensors file that holds all of a run at a moment: the network, its weights
 * and running statistics, what the optimiser keeps, the normalisation of its input, and the place
 * in the data at which to resume. The generator has no state of its own, its seed and the place are
 * enough.
 */
import * as v from "valibot";
import { checkArgument, type HostTensor, type Tensors } from "../../dsl/graph/tensors.ts";
import { toJSON } from "../../dsl/net/json.ts";
import { fromJSON } from "../../layers/bound/plan.ts";
import { NET, type Net } from "../../dsl/net/net.ts";
import type { Using } from "../../dsl/plan/language.ts";
import { defined } from "../../dsl/problem/defined.ts";
import type { WantedOf } from "../../dsl/problem/expect.ts";
import {
  BOOLEAN,
  expected,
  listOf,
  needed,
  optional,
  OPTIONS,
  optionsOf,
  SHAPE,
  TENSORS,
  TEXT,
  WHOLE,
} from "../../dsl/problem/expect.ts";
import { attempt, E, orThrow, pipe, type Problem, refused, type Result, right } from "../fp.ts";
import type { Shape } from "../../dsl/net/shape.ts";
import { NORMALIZATION, type Normalization } from "../data/normalize.ts";
import { normalizationFromJson } from "../data/normalization_json.ts";
import { readBytes, writeAtomic } from "../files/atomic.ts";
import { isJsonObject, type JsonObject } from "../files/json.ts";
import { LARGEST } from "../files/regular.ts";
import { JSON_TEXT, parsed, record } from "../parsed.ts";
import { type Lowered, loweredSchema } from "./patience.ts";
import { type DecodeOptions, decodeSafetensors, encodeSafetensors } from "../files/safetensors.ts";
import { PROGRAM } from "../program_name.ts";

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
  /** Of the last epoch, when the run's end cut it short: what a longer run takes it up with. */
  readonly cut?: Pick<Position, "batch" | "lossSum" | "accuracySum">;
  /** How often the rate was lowered because the validation accuracy got no better, in a run that does. */
  readonly lowered?: Lowered;
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

/** How a checkpoint is stored. */
export interface SaveOptions {
  /** Whether kernels are stored as float16, in half the room and no longer bit for bit; not by default. */
  readonly half?: boolean;
}

/** What a {@link Checkpoint} holds; what is stored as JSON is judged as it is when it is read. */
const CHECKPOINT: WantedOf<Checkpoint> = {
  net: NET,
  input: SHAPE,
  classes: listOf(TEXT),
  normalization: NORMALIZATION,
  seed: WHOLE,
  position: OPTIONS,
  recipe: optional(OPTIONS),
  tensors: TENSORS,
};

/**
 * Writes a checkpoint; an older one at the path stays whole until the new one is. Needs
 * `--allow-write` for its folder.
 *
 * @example Weights of a script's own as a file that every task takes where it takes weights
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain, initialParameters, orThrow, plan } from "@netfold/netfold";
 * import { dense, flatten } from "@netfold/netfold/layers";
 * import { loadCheckpoint, saveCheckpoint } from "@netfold/netfold/train";
 *
 * const net = chain(flatten(), dense(2));
 * const input = [2, 2, 1];
 * const path = await Deno.makeTempFile({ suffix: ".safetensors" });
 * orThrow(
 *   await saveCheckpoint(path, {
 *     net,
 *     input,
 *     classes: ["dark", "bright"],
 *     normalization: { kind: "per-channel", mean: Float32Array.of(0.5), std: Float32Array.of(1) },
 *     seed: 0,
 *     position: { epoch: 0, batch: 0, step: 0, lossSum: 0, accuracySum: 0 },
 *     tensors: initialParameters(orThrow(plan(net, input)), 0),
 *   }),
 * );
 * assertEquals(orThrow(await loadCheckpoint(path)).classes, ["dark", "bright"]);
 * await Deno.remove(path);
 * ```
 */
export function saveCheckpoint(
  path: string,
  checkpoint: Checkpoint,
  options: SaveOptions = {},
): Promise<Result<void>> {
  return attempt(async () => {
    expected(path, TEXT, "path");
    const { half } = optionsOf(options, { half: false });
    expected(half, BOOLEAN, "half");
    const { net, normalization, tensors, ...rest } = needed(checkpoint, CHECKPOINT);
    const { mean, std, kind } = normalization;
    const vector = (data: Float32Array): HostTensor => ({ shape: [data.length], data });
    const all = new Map([...tensors, [MEAN, vector(mean)]]);
    if (std !== undefined) all.set(DEVIATION, vector(std));
    checkArgument(all, "tensors", "save");
    if (half) orThrow(checkHalf(tensors, path));
    const shape = normalization.kind === "per-pixel-mean" ? normalization.shape : undefined;
    const told = JSON.stringify({ ...rest, normalization: { kind, shape } });
    orThrow(parsed(stored, told, { path, layer: "checkpoint", code: "not-a-checkpoint" }));
    const metadata = { "netfold.net": toJSON(net), "netfold.run": told };
    orThrow(await writeAtomic(path, encodeSafetensors(all, metadata, { half })));
  });
}

/** The largest float16. */
const LARGEST_HALF = 65504;

/** Refuses numbers that are beyond float16. */
function checkHalf(tensors: Tensors, path: string): Result<void> {
  for (const [name, { shape, data }] of tensors) {
    const beyond = shape.length < 2 ? undefined : data.find((x) => !(Math.abs(x) <= LARGEST_HALF));
    if (beyond === undefined) continue;
    return refused({ path, layer: "checkpoint", code: "beyond-float16" }, {
      rule: "what is stored as float16 must be within its range",
      got: `${beyond} in ${name}`,
      wanted: `at most ${LARGEST_HALF} either way`,
      hint: "store it as float32",
    });
  }
  return right(undefined);
}

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());

const sums = { lossSum: finite, accuracySum: v.pipe(finite, v.minValue(0)) };

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
      ...sums,
      cut: v.exactOptional(record({ batch: whole, ...sums })),
      best: v.exactOptional(
        record({ epoch: whole, accuracy: v.pipe(finite, v.minValue(0), v.maxValue(1)) }),
      ),
      lowered: v.exactOptional(loweredSchema),
    }),
    recipe: v.exactOptional(v.custom<JsonObject>(isJsonObject)),
    normalization: record({ kind: v.string(), shape: v.exactOptional(v.array(whole)) }),
  }),
);

/** Reads a checkpoint, or says what is wrong with the file. */
export async function loadCheckpoint(path: string, using: Using = {}): Promise<Result<Checkpoint>> {
  expected(path, TEXT, "path");
  const bytes = await readBytes(path, { atMost: LARGEST.weights });
  return bytes._tag === "Left" ? bytes : decodeCheckpoint(bytes.right, path, using);
}

/** A checkpoint from the bytes of a file, which `path` names in problems. */
export function decodeCheckpoint(
  bytes: Uint8Array,
  path: string,
  { isChecked, ...using }: Using & DecodeOptions = {},
): Result<Checkpoint> {
  const here = E.mapLeft((problems: readonly Problem[]) =>
    problems.map((problem) => inFile(problem, path))
  );
  return pipe(
    decodeSafetensors(bytes, path, defined({ isChecked })),
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
    hint: "use last.safetensors or best.safetensors of a run folder, or make a run of weights of " +
      `PyTorch: ${PROGRAM} import NET FILE`,
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
