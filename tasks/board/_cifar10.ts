/** Pictures of CIFAR-10 for a training in the page, from netfold's cache, which is only read. */
import { join } from "@std/path";
import { cachePath } from "../data/cache_folder.ts";
import { CIFAR10_CLASSES } from "../data/cifar10.ts";
import { readManifest, readRawCache, SPLIT_FILES } from "../data/raw_cache.ts";
import {
  attempt,
  E,
  orThrow,
  pipe,
  type Problem,
  problemAt,
  ProblemError,
  type Result,
} from "../fp.ts";
import { PROGRAM } from "../program_name.ts";
import { PICTURE_BYTES, type Split } from "./cifar10_records.ts";
import type { Cifar10There } from "./wire.ts";

/** How many pictures of each class the page is given. */
const OF_EACH: Readonly<Record<Split, number>> = { train: 400, test: 20 };

/** The classes of CIFAR-10, and why its pictures are not there. */
export async function cifar10There(): Promise<Cifar10There> {
  const found = await attempt(async () => {
    const place = orThrow(folder());
    const listed = (await readManifest(place).then(orThrow)).map(({ name }) => name);
    const missing = SPLIT_FILES.filter((file) => !listed.includes(file));
    if (missing.length > 0) throw new ProblemError([absent(place, `no ${missing.join(", ")}`)]);
  });
  return {
    classes: CIFAR10_CLASSES,
    problems: found._tag === "Left" ? found.left.map(inWords) : [],
  };
}

/** The records of so many pictures of each class, the first ones, one class after the other in turn. */
export function cifar10Records(split: Split): Promise<Result<Uint8Array<ArrayBuffer>>> {
  return attempt(async () => {
    const place = orThrow(folder());
    const [pixels, labels] = [`${split}_pixels.bin`, `${split}_labels.bin`];
    const cache = orThrow(await readRawCache(place, [pixels, labels]));
    if (cache.state !== "whole") {
      throw new ProblemError([absent(place, cache.state === "damaged" ? cache.reason : undefined)]);
    }
    const { files } = cache;
    return recordsOf(
      files.get(pixels) ?? new Uint8Array(),
      files.get(labels) ?? new Uint8Array(),
      OF_EACH[split],
    );
  });
}

function recordsOf(
  pixels: Uint8Array,
  labels: Uint8Array,
  most: number,
): Uint8Array<ArrayBuffer> {
  const places = CIFAR10_CLASSES.map((): number[] => []);
  labels.forEach((label, place) => places[label]?.push(place));
  const each = Math.min(most, ...places.map((some) => some.length));
  const chosen = Array.from({ length: each }, (_, i) => places.map((some) => some[i] ?? NaN))
    .flat();
  const records = new Uint8Array(chosen.length * (1 + PICTURE_BYTES));
  chosen.forEach((place, i) => {
    const first = place * PICTURE_BYTES;
    records[i * (1 + PICTURE_BYTES)] = labels[place] ?? NaN;
    records.set(pixels.subarray(first, first + PICTURE_BYTES), i * (1 + PICTURE_BYTES) + 1);
  });
  return records;
}

/** Where they are; nobody is asked on a terminal whether a variable may be read. */
function folder(): Result<string> {
  const found = cachePath(Deno.build.os, (variable) => {
    const { state } = Deno.permissions.querySync({ name: "env", variable });
    if (state !== "granted") throw new Deno.errors.NotCapable(variable);
    return Deno.env.get(variable);
  });
  return pipe(found, E.map((root) => join(root, "cifar10")));
}

/** What cannot be read of the cache, in words of what helps; what is not allowed says so itself. */
function inWords(problem: Problem): Problem {
  return /^(not-allowed|no-cache-folder)$/.test(problem.code)
    ? problem
    : absent(problem.path, problem.got);
}

function absent(path: string, got = "none"): Problem {
  return problemAt({ path, layer: "data set", code: "not-found" }, {
    rule: "CIFAR-10 is decoded once before the page has pictures of it",
    got,
    wanted: "a whole cache",
    hint: `run ${PROGRAM} show cifar10 once`,
  });
}
