/** Trained weights, which the page's own engine computes with. */
import { join } from "@std/path";
import { closest } from "../../dsl/problem/suggest.ts";
import { readBytes } from "../files/atomic.ts";
import { LARGEST } from "../files/regular.ts";
import { checkedHeader } from "../files/safetensors.ts";
import { attempt, orThrow, type Problem, problemAt, ProblemError, type Result } from "../fp.ts";
import { isPretrained, PRETRAINED_NAMES } from "../networks/pretrained.ts";
import { pretrainedPath } from "../training/pretrained.ts";
import { noRun, placeOf } from "./_place.ts";

/** The checkpoints of a run. */
const KINDS = ["best", "last"] as const;

/** The file of a checkpoint, which is whole: that of a `run` and its `weights`, or of a `pretrained` network. */
export function checkpointBytes(
  root: string,
  asked: URLSearchParams,
): Promise<Result<Uint8Array<ArrayBuffer>>> {
  return attempt(async () => {
    const name = asked.get("pretrained");
    const path = name === null ? pathOf(await trainedRun(root, asked)) : await ofPretrained(name);
    const bytes = orThrow(await readBytes(path, { atMost: LARGEST.weights }));
    orThrow(checkedHeader(bytes, path));
    return bytes;
  });
}

async function ofPretrained(name: string): Promise<string> {
  if (!isPretrained(name)) throw new ProblemError([unknown("pretrained", name, PRETRAINED_NAMES)]);
  return join(orThrow(await pretrainedPath(name)), "best.safetensors");
}

/** A run's folder, and which of its weights are meant. */
export interface TrainedRun {
  readonly folder: string;
  readonly weights: typeof KINDS[number];
}

/**
 * The `run` that is asked for, with its best `weights` where nothing else is said.
 *
 * @throws {ProblemError} When there is none of that name, or its weights are a link.
 */
export async function trainedRun(root: string, asked: URLSearchParams): Promise<TrainedRun> {
  const id = asked.get("run") ?? "";
  const weights = weightsOf(asked);
  const trained = { folder: orThrow(await placeOf(root, id)), weights };
  const found = await Deno.lstat(pathOf(trained)).catch(() => undefined);
  if (found?.isSymlink) throw noRun(id);
  return trained;
}

/**
 * Which `weights` are asked for; the best where nothing is said.
 *
 * @throws {ProblemError} When there are none of that name.
 */
export function weightsOf(asked: URLSearchParams): TrainedRun["weights"] {
  const name = asked.get("weights") ?? "best";
  const weights = KINDS.find((kind) => kind === name);
  if (weights === undefined) throw new ProblemError([unknown("weights", name, KINDS)]);
  return weights;
}

function pathOf({ folder, weights }: TrainedRun): string {
  return join(folder, `${weights}.safetensors`);
}

function unknown(path: string, name: string, names: readonly string[]): Problem {
  return problemAt({ path, layer: "option", code: "unknown-name" }, {
    rule: "there are no weights of this name",
    got: JSON.stringify(name),
    wanted: names.join(", "),
    hint: closest(name, names, ""),
  });
}
