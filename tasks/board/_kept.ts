/**
 * What `deno task evaluate` keeps in a run's folder: which pictures there are, each of them, the scores
 * of each class, and what was taken for what.
 */
import { join } from "@std/path";
import * as v from "valibot";
import { defined } from "../../dsl/problem/defined.ts";
import { shellWord } from "../../dsl/problem/escape.ts";
import type { Confused } from "../evaluate/confused.ts";
import { keptNamed, type KeptOf } from "../evaluate/kept_name.ts";
import { onPath, readBytes, readText } from "../files/atomic.ts";
import { LARGEST } from "../files/regular.ts";
import { attempt, orThrow, problemAt, ProblemError, type Result } from "../fp.ts";
import { JSON_TEXT, parsed } from "../parsed.ts";
import { PROGRAM } from "../program_name.ts";
import { placeOf } from "./_place.ts";
import type {
  KeptConfused,
  KeptFile,
  KeptPicture,
  KeptPictures,
  KeptScore,
  KeptScores,
} from "./wire.ts";

/** What `evaluate` has kept of a run, what is measured as usual first, and the command that measures it. */
export function keptPictures(root: string, id: string): Promise<Result<KeptPictures>> {
  return attempt(async () => {
    const folder = orThrow(await placeOf(root, id));
    const [best, last] = await Promise.all(
      ["best", "last"].map((weights) => changedAt(join(folder, `${weights}.safetensors`))),
    );
    const trained = Math.max(best ?? 0, last ?? 0);
    const entries = orThrow(
      await onPath(folder, "list", () => Array.fromAsync(Deno.readDir(folder)))(),
    );
    const all = await Promise.all(entries.map(({ name }) => keptIn(folder, name, trained)));
    const found = all.flatMap((file) => file ?? [])
      .toSorted((a, b) => orderOf(a) < orderOf(b) ? -1 : 1);
    const command = best === undefined ? undefined : `${PROGRAM} evaluate ${shellWord(folder)}`;
    return {
      pictures: found.filter(isPicture),
      scores: await Promise.all(found.filter(({ of }) => of === "classes").map(scoresIn(folder))),
      confused: await Promise.all(
        found.filter(({ of }) => of === "confused").map(confusedIn(folder)),
      ),
      ...defined({ command }),
    };
  });
}

/** One of a run's pictures, an SVG document. */
export function keptPicture(
  root: string,
  asked: URLSearchParams,
): Promise<Result<Uint8Array<ArrayBuffer>>> {
  return attempt(async () => {
    const folder = orThrow(await placeOf(root, asked.get("run") ?? ""));
    const name = asked.get("name") ?? "";
    const file = await keptIn(folder, name, 0);
    if (file === undefined || !isPicture(file)) throw noPicture(name);
    return orThrow(await readBytes(join(folder, name), { atMost: LARGEST.text }));
  });
}

/** A file, and what is in it. */
type Kept = KeptFile & { readonly of: KeptOf };

function isPicture(file: Kept): file is KeptPicture {
  return file.of === "confusion" || file.of === "mistakes";
}

/** The file of an evaluation of this name in a folder; nothing where there is none, or a link in its place. */
async function keptIn(folder: string, name: string, trained: number): Promise<Kept | undefined> {
  const held = keptNamed(name);
  if (held === undefined) return undefined;
  const made = await changedAt(join(folder, name));
  return made === undefined ? undefined : { name, ...held, made, isOld: made < trained };
}

const SHARE = v.nullable(v.pipe(v.number(), v.minValue(0), v.maxValue(1)));

const SCORES = v.pipe(
  JSON_TEXT,
  v.array(v.object({
    name: v.string(),
    images: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
    ...v.entriesFromList(["recall", "precision", "f1"], SHARE),
  })),
);

/** Reads scores of a folder. */
function scoresIn(folder: string): (file: Kept) => Promise<KeptScores> {
  return async ({ of: _, ...file }) => {
    const path = join(folder, file.name);
    const text = orThrow(await readText(path, { atMost: LARGEST.text }));
    const classes: readonly KeptScore[] = orThrow(parsed(SCORES, text, { path, layer: "file" }));
    return { ...file, classes };
  };
}

const COUNT = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const CONFUSED = v.pipe(
  JSON_TEXT,
  v.object({
    classes: v.array(v.string()),
    cells: v.array(v.object({
      ...v.entriesFromList(["truth", "predicted", "count"], COUNT),
      pictures: v.array(v.object({
        probability: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
        png: v.pipe(v.string(), v.base64()),
      })),
    })),
  }),
  v.check(
    ({ classes, cells }) =>
      cells.every(({ truth, predicted }) => Math.max(truth, predicted) < classes.length),
    "cells of the classes that it names",
  ),
);

/** Reads what was taken for what in a folder. */
function confusedIn(folder: string): (file: Kept) => Promise<KeptConfused> {
  return async ({ of: _, ...file }) => {
    const path = join(folder, file.name);
    const text = orThrow(await readText(path, { atMost: LARGEST.text }));
    const confused: Confused = orThrow(parsed(CONFUSED, text, { path, layer: "file" }));
    return { ...file, ...confused };
  };
}

/** When an ordinary file was written, in milliseconds since 1970. */
async function changedAt(path: string): Promise<number | undefined> {
  const found = await Deno.lstat(path).catch(() => undefined);
  return found?.isFile ? found.mtime?.getTime() ?? 0 : undefined;
}

function orderOf({ measured, of }: Kept): string {
  return `${measured} ${of}`;
}

function noPicture(name: string): ProblemError {
  return new ProblemError([problemAt({ path: name, layer: "picture", code: "no-picture" }, {
    rule: "there is no such picture in the run's folder",
    got: JSON.stringify(name),
    wanted: "one that evaluate has drawn",
    hint: "load the page anew",
  })]);
}
