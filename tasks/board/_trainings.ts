/**
 * Trainings that the page starts, stops and resumes: each is a process of netfold's own `train`, with
 * the permissions that training needs. Nothing of what the page sends is read by a shell.
 */
import { join } from "@std/path";
import project from "../../deno.json" with { type: "json" };
import { IS_BINARY } from "../../dsl/problem/binary.ts";
import { EXIT } from "../cli/exit.ts";
import { LimitedBytesTransformStream } from "@std/streams";
import { DATASET_FORMS } from "../data/load.ts";
import { messageOf } from "../files/io_problem.ts";
import { mayWrite } from "../files/may_write.ts";
import { isLocked } from "../files/run_lock.ts";
import {
  attempt,
  orThrow,
  type Problem,
  problemAt,
  ProblemError,
  type Result,
  tried,
} from "../fp.ts";
import { JSON_TEXT, parsed } from "../parsed.ts";
import { trainCommand } from "../train/options.ts";
import { ASKED, type Asked, judgedTraining } from "./_asked.ts";
import { placeOf } from "./_place.ts";
import type { BoardTraining, BoardTrainings, StartedTraining } from "./wire.ts";

/** The trainings of a board. */
export interface Trainings {
  /** Those that it has started, the latest first, and what there is to choose from. */
  readonly all: () => BoardTrainings;
  /** Starts one that a request's body asks for. */
  readonly start: (request: Request) => Promise<Result<StartedTraining>>;
  /** Asks one to save and to end, as Ctrl-C does. */
  readonly stop: (id: string) => Promise<Result<StartedTraining>>;
  /** Resumes a run that was stopped. */
  readonly resume: (id: string) => Promise<Result<StartedTraining>>;
  /** Stops all, and waits for their ends. */
  readonly end: () => Promise<void>;
}

/** A training's process; nothing once it has ended. */
interface Going extends BoardTraining {
  readonly process: Deno.ChildProcess | undefined;
  readonly ended: Promise<void>;
}

/** The most bytes of a request: its network is in it. */
const MOST_BYTES = 16 * 2 ** 20;

/** Characters of what a process has said that are kept, from the last. */
const KEPT = 20_000;

const CLI = new URL("../cli/main.ts", import.meta.url).href;
const LISTS = new URL("../permissions/main.ts", import.meta.url).href;

/** What every Deno is started with. */
const RUN = ["run", "--quiet", "--no-lock", "--no-prompt"];

/** The permissions of training beside folders, those of `deno task train` but for Python. */
export const ALLOWED: readonly string[] = [
  "--allow-read",
  "--allow-env=XDG_CACHE_HOME,HOME,LOCALAPPDATA,NO_COLOR",
  "--allow-sys=hostname,systemMemoryInfo",
];

/** What keeps the memory of a step for the next one, as `deno task train` has it, and colours out of what is said. */
export const VARIABLES: Readonly<Record<string, string>> = Object.fromEntries([
  ...[...project.tasks.train.command.matchAll(/\b(MALLOC_[A-Z_]+)=([0-9]+) /g)]
    .map(([, name = "", value = ""]) => [name, value]),
  ["NO_COLOR", "1"],
]);

/**
 * Makes ready to train in a folder of runs. Asks for permission to run Deno, and to write the folder.
 */
export function openTrainings(root: string): Promise<Result<Trainings>> {
  return attempt(async () => {
    orThrow(await mayRunDeno());
    orThrow(await mayWrite(root));
    if (root.includes(",")) throw new ProblemError([withComma(root)]);
    return trainingsIn(root, await trainingIn(root));
  });
}

/** The arguments with which Deno trains in a folder; one binary has its permissions, and is started as it is. */
export async function trainingIn(
  root: string,
  isBinary: boolean = IS_BINARY,
): Promise<readonly string[]> {
  if (isBinary) return ["train"];
  const [cache, ffi] = await Promise.all([allowed("cache"), allowed("ffi")]);
  const writes = [root, ...cache === "" ? [] : [cache]].join();
  const flags = [...RUN, ...ALLOWED, `--allow-write=${writes}`, `--allow-ffi=${ffi}`];
  return [...flags, CLI, "train"];
}

function trainingsIn(root: string, command: readonly string[]): Trainings {
  const all = new Map<string, Going>();
  const set = (id: string, more: Partial<Going>) => {
    const before = all.get(id);
    if (before !== undefined) all.set(id, { ...before, ...more });
  };

  const begin = (id: string, args: readonly string[], scratch?: string): StartedTraining => {
    const process = new Deno.Command(Deno.execPath(), {
      args: [...command, ...args],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      env: VARIABLES,
    }).spawn();
    const ended = (async () => {
      const words = await lastOf(process.stderr);
      const { code, signal } = await process.status;
      if (scratch !== undefined) await removed(scratch);
      const isStopped = code === EXIT.interrupted || signal === "SIGINT";
      const state = isStopped ? "stopped" : code === EXIT.done ? "done" : "failed";
      const said = state === "failed" ? reasonIn(words, code) : "";
      set(id, { state, said, process: undefined });
    })();
    // The latest one is the last.
    all.delete(id);
    all.set(id, { id, state: "training", said: "", process, ended });
    return { id };
  };

  const stopped = (id: string): boolean => {
    const { process, state } = all.get(id) ?? {};
    if (process === undefined) return false;
    // A second signal would end it before it has saved.
    if (state === "training") {
      set(id, { state: "stopping" });
      interrupt(process);
    }
    return true;
  };

  return {
    all: () => ({
      presets: trainCommand.terms.preset.reader.words ?? [],
      data: DATASET_FORMS,
      trainings: [...all.values()].reverse().map(({ id, state, said }) => ({ id, state, said })),
    }),
    start: (request) =>
      attempt(async () => {
        const asked = await askedIn(request);
        const isTaken = (name: string) => all.get(name)?.process !== undefined;
        const { name, args, scratch } = await judgedTraining(root, asked, isTaken);
        return begin(name, [...args, `--out=${join(root, name)}`], scratch);
      }),
    stop: (id) =>
      attempt(() => {
        if (!stopped(id)) throw new ProblemError([notOurs(id)]);
        return { id };
      }),
    resume: (id) =>
      attempt(async () => {
        const folder = orThrow(await placeOf(root, id));
        if (all.get(id)?.process !== undefined || await isLocked(folder)) {
          throw new ProblemError([inUse(id)]);
        }
        return begin(id, [`--resume=${folder}`]);
      }),
    end: async () => {
      for (const id of all.keys()) stopped(id);
      await Promise.all([...all.values()].map(({ ended }) => ended));
    },
  };
}

async function mayRunDeno(): Promise<Result<void>> {
  return await attempt(async () => {
    const command = Deno.execPath();
    const { state } = await Deno.permissions.request({ name: "run", command });
    if (state === "granted") return;
    throw new ProblemError([problemAt({
      path: "--train",
      layer: "permission",
      code: "not-allowed",
    }, {
      rule: "Deno must be allowed to start itself: each training is a process",
      got: "no run access to it",
      wanted: `--allow-run=${command}`,
      hint: `start it with --allow-run=${command}`,
    })]);
  });
}

/** A list of folders that the variables name, as `deno task train` has it; the variables are for it alone. */
async function allowed(list: "cache" | "ffi"): Promise<string> {
  const env = `--allow-env=${project.permissions.variables.env.join()}`;
  const command = new Deno.Command(Deno.execPath(), {
    args: [...RUN, env, LISTS, list],
    stdin: "null",
  });
  const { success, stdout, stderr } = await command.output();
  const [text, fault] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
  if (!success) throw new Error(`${LISTS}: ${fault}`);
  return text ?? "";
}

async function askedIn({ headers, body }: Request): Promise<Asked> {
  const type = headers.get("content-type") ?? "";
  if (!/^application\/json\b/i.test(type)) throw new ProblemError([otherType(type)]);
  const limit = new LimitedBytesTransformStream(MOST_BYTES, { error: true });
  const content = new Response(body?.pipeThrough(limit));
  const text = orThrow(await tried(() => content.text(), unread)());
  const origin = { path: "body", layer: "request" } as const;
  return orThrow(parsed(ASKED, orThrow(parsed(JSON_TEXT, text, origin)), origin));
}

/** Does what Ctrl-C does, where the process still runs. */
function interrupt(process: Deno.ChildProcess): void {
  try {
    process.kill("SIGINT");
  } catch (error) {
    // It has ended in the meantime.
    if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Removes a folder, which may have been removed with all runs. */
async function removed(folder: string): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}

/** The last of what a process says. */
async function lastOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let said = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    said = (said + text).slice(-KEPT);
  }
  return said;
}

/** Why a process has failed: what it said from its error on. */
function reasonIn(said: string, code: number): string {
  // Drivers of graphics cards complain before it.
  const reason = (said.split(/^(?=error: )/m).at(-1) ?? "").trim();
  return reason === "" ? `its process ended with code ${code}` : reason;
}

function withComma(root: string): Problem {
  return problemAt({ path: root, layer: "folder", code: "invalid-argument" }, {
    rule: "Deno takes a comma for the end of a folder that may be written",
    got: JSON.stringify(root),
    wanted: "a folder for runs without a comma in its path",
    hint: "name another folder with --runs",
  });
}

function notOurs(id: string): Problem {
  return problemAt({ path: id, layer: "run", code: "not-started-here" }, {
    rule: "the board stops what it has started",
    got: `${JSON.stringify(id)}, which it does not train`,
    wanted: "a run that the board trains",
    hint: "a run that was started elsewhere is stopped there, by Ctrl-C",
  });
}

function inUse(id: string): Problem {
  return problemAt({ path: id, layer: "run", code: "run-in-use" }, {
    rule: "one process at a time may train in a run folder",
    got: `${JSON.stringify(id)}, which is being trained`,
    wanted: "a run that was stopped",
    hint: "wait for its end, or stop it first",
  });
}

function otherType(type: string): Problem {
  return problemAt({ path: "Content-Type", layer: "request", code: "other-content-type" }, {
    rule: "a training is asked for as JSON",
    got: type === "" ? "no type" : type,
    wanted: "application/json",
    hint: "send it as the board's page does",
  });
}

function unread(error: unknown): Problem {
  const isTooLarge = error instanceof RangeError;
  return problemAt({
    path: "body",
    layer: "request",
    code: isTooLarge ? "body-too-large" : "broken-body",
  }, {
    rule: "a request must be whole, and no larger than 16 MiB",
    got: messageOf(error),
    wanted: "a training as JSON",
    hint: isTooLarge ? "train a smaller network" : "send it again",
  });
}
