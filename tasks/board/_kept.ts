/** The pictures that `deno task evaluate` keeps in a run's folder: which there are, and each of them. */
import { join } from "@std/path";
import { defined } from "../../dsl/problem/defined.ts";
import { shellWord } from "../../dsl/problem/escape.ts";
import { pictureNamed } from "../evaluate/picture_name.ts";
import { onPath, readBytes } from "../files/atomic.ts";
import { LARGEST } from "../files/regular.ts";
import { attempt, orThrow, problemAt, ProblemError, type Result } from "../fp.ts";
import { PROGRAM } from "../program_name.ts";
import { placeOf } from "./_place.ts";
import type { KeptPicture, KeptPictures } from "./wire.ts";

/** What of a run `evaluate` has drawn, those measured as usual first, and the command that draws it. */
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
    const found = await Promise.all(entries.map(({ name }) => pictureOf(folder, name, trained)));
    const command = best === undefined ? undefined : `${PROGRAM} evaluate ${shellWord(folder)}`;
    return {
      pictures: found.flatMap((picture) => picture ?? []).toSorted((a, b) =>
        orderOf(a) < orderOf(b) ? -1 : 1
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
    if (await pictureOf(folder, name, 0) === undefined) throw noPicture(name);
    return orThrow(await readBytes(join(folder, name), { atMost: LARGEST.text }));
  });
}

/** The picture of this name in a folder; nothing where there is none, or a link in its place. */
async function pictureOf(
  folder: string,
  name: string,
  trained: number,
): Promise<KeptPicture | undefined> {
  const shown = pictureNamed(name);
  if (shown === undefined) return undefined;
  const made = await changedAt(join(folder, name));
  return made === undefined ? undefined : { name, ...shown, made, isOld: made < trained };
}

/** When an ordinary file was written, in milliseconds since 1970. */
async function changedAt(path: string): Promise<number | undefined> {
  const found = await Deno.lstat(path).catch(() => undefined);
  return found?.isFile ? found.mtime?.getTime() ?? 0 : undefined;
}

function orderOf({ measured, of }: KeptPicture): string {
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
