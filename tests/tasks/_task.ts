/**
 * Tasks as a shell runs them: with the permissions that they have, in a folder of their own, started
 * in a process of their own or run by one that runs many.
 */
import { fromFileUrl, join } from "@std/path";
import { toJSON } from "../../dsl/net/json.ts";
import { chain } from "../../dsl/net/combinators.ts";
import type { Net } from "../../dsl/net/net.ts";
import { withFolder } from "../files/_folder.ts";
import { conv, dense, globalAveragePool, relu } from "../../layers/mod.ts";
import { type Ended, TaskProcess } from "./_task_process.ts";

/** The permissions that each task has. */
const FLAGS = {
  train: [
    "--allow-read",
    "--allow-write=runs",
    "--allow-sys=hostname,systemMemoryInfo",
    "--allow-ffi",
  ],
  "find-rate": [
    "--allow-read",
    "--allow-write=runs",
    "--allow-sys=systemMemoryInfo",
    "--allow-ffi",
  ],
  evaluate: ["--allow-read", "--allow-write=runs", "--allow-ffi"],
  predict: ["--allow-read", "--allow-ffi"],
  study: [
    "--allow-read",
    "--allow-write=runs",
    "--allow-sys=hostname,systemMemoryInfo",
    "--allow-ffi",
  ],
  show: ["--allow-read", "--allow-write=runs"],
  masks: ["--allow-read", "--allow-write=runs", "--allow-ffi"],
  report: ["--allow-read", "--allow-write=runs", "--allow-ffi"],
  import: ["--allow-read", "--allow-write=runs", "--allow-env=NETFOLD_PYTHON"],
  summary: ["--allow-read"],
  "plan-training": ["--allow-read"],
  diagram: ["--allow-read", "--allow-write=."],
  diff: ["--allow-read"],
  export: ["--allow-read", "--allow-write=."],
  doctor: ["--allow-read", "--allow-write=runs", "--allow-sys=systemMemoryInfo", "--allow-ffi"],
} as const;

/** The name of a task. */
export type TaskName = keyof typeof FLAGS;

export type { Ended } from "./_task_process.ts";

/** A task that runs. */
export interface Started {
  /** Waits until it has written something to the standard error stream. */
  readonly said: (text: string) => Promise<void>;
  /** Sends a signal, if it still runs. */
  readonly signal: (signal: Deno.Signal) => void;
  /** Waits for its end. */
  readonly ended: Promise<Ended>;
}

const path = (name: string): string => fromFileUrl(new URL(`../../${name}`, import.meta.url));

/** Starts a task in a folder, without some of its permissions if they are named. */
export function start(
  folder: string,
  task: TaskName,
  args: readonly string[],
  without: readonly string[] = [],
): Started {
  return program(folder, [task, ...args], FLAGS[task].filter((flag) => !without.includes(flag)));
}

/** What starts one of netfold's scripts in a folder, given with its arguments, relative to the root. */
function commandOf(
  folder: string,
  allowed: readonly string[],
  [script = "", ...args]: readonly string[],
  stdin: "null" | "piped",
): Deno.Command {
  const flags = ["--no-lock", "--no-prompt", "--config", path("deno.json"), ...allowed];
  return new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, path(script), ...args],
    cwd: folder,
    stdin,
    stdout: "piped",
    stderr: "piped",
    // Drivers of graphics cards complain where it is not set.
    env: { NO_COLOR: "1", XDG_RUNTIME_DIR: folder },
  });
}

/** Starts the program in a folder, with the permissions that are given. */
export function program(
  folder: string,
  args: readonly string[],
  allowed: readonly string[],
): Started {
  const process = commandOf(folder, allowed, ["tasks/cli/main.ts", ...args], "null").spawn();
  let stderr = "";
  let heard = () => {};
  const listening = (async () => {
    for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) {
      stderr += text;
      heard();
    }
  })();
  const ended = (async () => {
    const stdout = await new Response(process.stdout).text();
    await listening;
    return { code: (await process.status).code, stdout, stderr };
  })();
  return {
    said: async (text) => {
      const spoken = new Promise<void>((resolve) => {
        heard = () => stderr.includes(text) && resolve();
        heard();
      });
      await Promise.race([spoken, listening]);
    },
    signal: (signal) => {
      try {
        process.kill(signal);
      } catch (error) {
        // It has ended in the meantime.
        if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
      }
    },
    ended,
  };
}

/** A process that runs tasks, and what it is allowed. */
interface Running {
  readonly allowed: string;
  readonly process: TaskProcess;
}

/** The processes by their folders. */
const running = new Map<string, Running[]>();

/**
 * Does something in a new folder, and removes it. {@link run} starts few processes there: each runs
 * all tasks of the same permissions, one after another.
 */
export async function withTasks(work: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const own: Running[] = [];
    running.set(folder, own);
    try {
      await work(folder);
    } finally {
      running.delete(folder);
      for (const { process } of own) await process[Symbol.asyncDispose]();
    }
  });
}

/** Runs a task to its end, in a folder of {@link withTasks}. */
export function run(folder: string, task: TaskName, ...args: readonly string[]): Promise<Ended> {
  const all = running.get(folder);
  if (all === undefined) throw new Error("tasks are run in a folder of withTasks()");
  const allowed = FLAGS[task].join(" ");
  const free = all.find((one) => one.allowed === allowed && one.process.isFree)?.process;
  if (free !== undefined) return free.run([task, ...args]);
  const command = commandOf(folder, FLAGS[task], ["tests/tasks/_command_lines.ts"], "piped");
  const process = new TaskProcess(command);
  all.push({ allowed, process });
  return process.run([task, ...args]);
}

/** A network that trains in no time, for `--data shapes`. */
export const smallNet: Net = chain(
  conv(4, { kernel: 3, stride: 4 }),
  relu(),
  globalAveragePool(),
  dense(10),
);

/** {@link withTasks}, in a folder that holds `net.json`. */
export async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  await withTasks(async (folder) => {
    await Deno.writeTextFile(join(folder, "net.json"), toJSON(smallNet));
    await work(folder);
  });
}

/** Few images. */
export const SHAPES = "--data=shapes,count=100,test=60";

/** What every training of these tests is given, so that it takes no time. */
export const TINY: readonly string[] = [
  "net.json",
  SHAPES,
  "--limit=80",
  "--batch=16",
  "--backend=cpu",
];
