/** Starting a victim, and killing it at a moment. */
import { fromFileUrl, join } from "@std/path";
import type { EngineName } from "./_victim.ts";

/** A place where a victim works; the cache is one folder of it. */
export interface Place {
  readonly engine: EngineName;
  readonly folder: string;
  /** Whether the images come through a cache. */
  readonly cached: boolean;
}

/** When to kill: so many milliseconds after the start, or after a temporary file was made. */
export type Moment =
  | { readonly kind: "time"; readonly after: number }
  | { readonly kind: "write"; readonly count: number; readonly after: number };

export const runFolder = ({ folder }: Place): string => join(folder, "run");
export const cacheFolder = ({ folder }: Place): string => join(folder, "cache");

const path = (name: string): string => fromFileUrl(new URL(name, import.meta.url));

function start(place: Place): Deno.ChildProcess {
  const flags = ["--no-lock", "--no-check", "--no-prompt", "--config", path("../../deno.json")];
  const allowed = ["--allow-read", `--allow-write=${place.folder}`, "--allow-ffi", "--allow-env"];
  const cache = place.cached ? [cacheFolder(place)] : [];
  const args = [path("_victim.ts"), place.engine, runFolder(place), ...cache];
  return new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, ...allowed, ...args],
    stdout: "null",
    stderr: "piped",
  }).spawn();
}

/** A victim that did not do its work, and what it said. */
export class Refusal extends Error {}

/** Lets a victim work to its end; gives the milliseconds that it took. */
export async function live(place: Place): Promise<number> {
  const began = performance.now();
  const { code, stderr } = await start(place).output();
  if (code !== 0) throw new Refusal(new TextDecoder().decode(stderr));
  return performance.now() - began;
}

/** Starts a victim and kills it at a moment; gives whether it was still alive then. */
export async function kill(place: Place, moment: Moment): Promise<boolean> {
  const watcher = Deno.watchFs(place.folder);
  const victim = start(place);
  const ended = victim.output();
  const came = ended.then(() => watcher.close());
  const reached = moment.kind === "time" ? undefined : writes(watcher, moment.count);
  await Promise.race([reached, came]);
  await sleep(moment.after, came);
  try {
    victim.kill("SIGKILL");
  } catch (error) {
    // It has ended in the meantime.
    if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
  }
  await came;
  const { signal, code, stderr } = await ended;
  if (signal === null && code !== 0) throw new Refusal(new TextDecoder().decode(stderr));
  return signal === "SIGKILL";
}

/** Waits so many milliseconds, or until the other ends. */
async function sleep(milliseconds: number, other: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const passed = new Promise<void>((resolve) => timer = setTimeout(resolve, milliseconds));
  await Promise.race([passed, other]);
  clearTimeout(timer);
}

/** Waits until the `count`-th temporary file is made below the folder. */
async function writes(watcher: Deno.FsWatcher, count: number): Promise<void> {
  let seen = 0;
  for await (const { kind, paths } of watcher) {
    if (kind !== "create") continue;
    seen += paths.filter((name) => name.endsWith(".tmp")).length;
    if (seen >= count) return;
  }
}

/** Whether a victim was killed in the middle of a write: a temporary file is left. */
export async function isCutOff(folder: string): Promise<boolean> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (name.endsWith(".tmp")) return true;
    if (isDirectory && await isCutOff(join(folder, name))) return true;
  }
  return false;
}
