/**
 * The lock of a run folder, or of a cache, so that one process at a time writes to it. The system
 * holds the lock for as long as the process lives, whatever ends it; the file `lock.json` names the
 * process, its host and since when, for people. What is left of it when a process was killed is taken over; a
 * link, or anything else that is no file of the folder alone, is left as it is.
 */
import { join } from "@std/path";
import * as v from "valibot";
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
import { onPath, readText } from "./atomic.ts";
import { writeAll } from "./_replace.ts";

/** The name of the lock within a run folder. */
export const LOCK = "lock.json";

/** A lock that this process holds until it is disposed of. */
export interface RunLock extends AsyncDisposable {
  /** What is to be known of it: that it was taken over, or that the file system has no locks. */
  readonly notes: readonly string[];
}

/**
 * Works while a lock is held, and gives it back however that ends. It takes the place of
 * `await using`, which Node 20 and some browsers do not parse.
 */
export async function holding<L extends RunLock, A>(
  lock: L,
  work: (lock: L) => Promise<A>,
): Promise<A> {
  try {
    return await work(lock);
  } finally {
    await lock[Symbol.asyncDispose]();
  }
}

const ownerSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ process: v.number(), host: v.exactOptional(v.string()), since: v.string() }),
);

/**
 * Locks a run folder, which must exist, or says who holds it. Needs `--allow-read` and
 * `--allow-write` for the folder; with `--allow-sys=hostname` the lock names the host too.
 */
export function lockRun(folder: string): Promise<Result<RunLock>> {
  const path = join(folder, LOCK);
  return attempt(async () => {
    while (true) {
      const obstacle = await obstacleAt(path);
      if (obstacle !== undefined) throw new ProblemError([obstacle]);
      const file = orThrow(await onPath(path, "write", () => Deno.open(path, OPTIONS))());
      const lock = await taken(file, { path, folder }).catch((error) => {
        file.close();
        throw error;
      });
      if (lock !== undefined) return lock;
      file.close();
    }
  });
}

/** Whether a process holds a folder's lock. */
export async function isLocked(folder: string): Promise<boolean> {
  const path = join(folder, LOCK);
  try {
    if (!(await Deno.lstat(path)).isFile) return false;
    const file = await Deno.open(path);
    return !await file.tryLock(false).finally(() => file.close());
  } catch {
    return false;
  }
}

/** Locks a folder once nobody else holds it; whoever does is told the first time that it has to wait. */
export async function awaitLock(
  folder: string,
  onWait: (holder: string) => void,
): Promise<Result<RunLock>> {
  for (let waits = 0;; waits++) {
    const lock = await lockRun(folder);
    const [problem] = lock._tag === "Left" ? lock.left : [];
    if (problem?.code !== IN_USE) return lock;
    if (waits === 0) onWait(problem.got);
  }
}

const IN_USE = "run-in-use";

const OPTIONS = { read: true, write: true, create: true } as const;

interface Place {
  readonly path: string;
  readonly folder: string;
}

/** What stands in the lock's place: to open a pipe waits, and a link's file would be written over. */
async function obstacleAt(path: string): Promise<Problem | undefined> {
  const there = await Deno.lstat(path).catch(() => undefined);
  return there === undefined || there.isFile && (there.nlink ?? 1) <= 1
    ? undefined
    : problemAt({ path, layer: "run", code: "not-a-file" }, {
      rule: "the lock must be a file of its folder alone",
      got: thingOf(there),
      wanted: "an ordinary file, or nothing",
      hint: "remove it, or move it to another place",
    });
}

function thingOf({ isFile, isSymlink, isDirectory }: Deno.FileInfo): string {
  if (isSymlink) return "a link";
  if (isFile) return "a file that has other names too";
  return isDirectory ? "a folder" : "a device or a pipe";
}

/** The lock, or nothing when its last owner removed the file after it was opened here. */
async function taken(file: Deno.FsFile, place: Place): Promise<RunLock | undefined> {
  const { path, folder } = place;
  // Network file systems may have no locks; training there is better than not at all.
  const isOurs = await lockedAlone(file).catch(() => undefined);
  if (isOurs === false) throw new ProblemError([inUse(folder, await holderIn(path))]);
  if (!await standsAt(file, path)) return undefined;
  const former = isOurs === undefined ? undefined : await ownerIn(path);
  await file.truncate();
  await writeAll(file, new TextEncoder().encode(`${JSON.stringify(owner())}\n`));
  return {
    notes: [
      ...(isOurs === undefined ? [NO_LOCKS] : []),
      ...(former === undefined ? [] : [`${folder} is taken over from ${former}, which has ended`]),
    ],
    [Symbol.asyncDispose]: async () => {
      // The folder can be gone, or another in its place.
      if (await standsAt(file, path)) await Deno.remove(path);
      file.close();
    },
  };
}

/** Whether a file is locked for this process alone; whoever only asks, with `isLocked`, shares it for a moment. */
async function lockedAlone(file: Deno.FsFile): Promise<boolean> {
  while (!await file.tryLock(true)) {
    if (!await file.tryLock(false)) return false;
    await file.unlock();
    await new Promise((resolve) => setTimeout(resolve, 5 * Math.random()));
  }
  return true;
}

const NO_LOCKS =
  "this file system has no locks; see to it that no other process trains in the same run folder";

async function standsAt(file: Deno.FsFile, path: string): Promise<boolean> {
  const [held, there] = await Promise.all([file.stat(), Deno.stat(path).catch(() => undefined)]);
  return there !== undefined && there.ino === held.ino && there.dev === held.dev;
}

function owner(): v.InferOutput<typeof ownerSchema> {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  const host = state === "granted" ? { host: Deno.hostname() } : {};
  return { process: Deno.pid, ...host, since: new Date().toISOString() };
}

/** Who is named in a lock; nobody when it was killed before it could write its name. */
async function ownerIn(path: string): Promise<string | undefined> {
  const text = pipe(await readText(path, { atMost: 4096 }), E.getOrElse(() => ""));
  const read = v.safeParse(ownerSchema, text);
  if (!read.success) return undefined;
  const { process, host, since } = read.output;
  return `process ${process}${host === undefined ? "" : ` on ${host}`}, there since ${since}`;
}

/** Who holds a lock, which may only just have been taken: its holder is given a moment to write its name. */
async function holderIn(path: string): Promise<string | undefined> {
  for (let waits = 0; waits < 10; waits++) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    const holder = await ownerIn(path);
    if (holder !== undefined) return holder;
  }
  return undefined;
}

function inUse(path: string, owner = "another process") {
  return problemAt({ path, layer: "run", code: IN_USE }, {
    rule: "one process at a time may train in a run folder",
    got: owner,
    wanted: "a folder in which nobody trains",
    hint: "wait for its end or stop it, or start another run in a folder of its own",
  });
}
