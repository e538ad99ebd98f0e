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
const KINDS = ["best", "last"];

/** The file of a checkpoint, which is whole: that of a `run` and its `weights`, or of a `pretrained` network. */
export function checkpointBytes(
  root: string,
  asked: URLSearchParams,
): Promise<Result<Uint8Array<ArrayBuffer>>> {
  return attempt(async () => {
    const name = asked.get("pretrained");
    const path = name === null ? await ofRun(root, asked) : await ofPretrained(name);
    const bytes = orThrow(await readBytes(path, { atMost: LARGEST.weights }));
    orThrow(checkedHeader(bytes, path));
    return bytes;
  });
}

async function ofPretrained(name: string): Promise<string> {
  if (!isPretrained(name)) throw new ProblemError([unknown("pretrained", name, PRETRAINED_NAMES)]);
  return join(orThrow(await pretrainedPath(name)), "best.safetensors");
}

async function ofRun(root: string, asked: URLSearchParams): Promise<string> {
  const [id, weights] = [asked.get("run") ?? "", asked.get("weights") ?? "best"];
  if (!KINDS.includes(weights)) throw new ProblemError([unknown("weights", weights, KINDS)]);
  const path = join(orThrow(await placeOf(root, id)), `${weights}.safetensors`);
  const found = await Deno.lstat(path).catch(() => undefined);
  if (found?.isSymlink) throw noRun(id);
  return path;
}

function unknown(path: string, name: string, names: readonly string[]): Problem {
  return problemAt({ path, layer: "option", code: "unknown-name" }, {
    rule: "there are no weights of this name",
    got: JSON.stringify(name),
    wanted: names.join(", "),
    hint: closest(name, names, ""),
  });
}
