/** Tasks as a shell runs them: a process of their own, in a folder of their own. */
import { fromFileUrl, join } from "@std/path";
import { toJSON } from "../../dsl/net/json.ts";
import { chain } from "../../dsl/net/combinators.ts";
import type { Net } from "../../dsl/net/net.ts";
import { withFolder } from "../files/_folder.ts";
import { conv, dense, globalAveragePool, relu } from "../../layers/mod.ts";

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
  diagram: ["--allow-read"],
  diff: ["--allow-read"],
  export: ["--allow-read", "--allow-write=."],
  doctor: ["--allow-read", "--allow-write=runs", "--allow-sys=systemMemoryInfo", "--allow-ffi"],
} as const;

/** The name of a task. */
export type TaskName = keyof typeof FLAGS;

/** How a task ended. */
export interface Ended {
  /** The exit code. */
  readonly code: number;
  /** What it wrote for its caller. */
  readonly stdout: string;
  /** What it wrote for whoever watches. */
  readonly stderr: string;
}

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

/** Starts the program in a folder, with the permissions that are given. */
export function program(
  folder: string,
  args: readonly string[],
  allowed: readonly string[],
): Started {
  const flags = ["--no-lock", "--no-prompt", "--config", path("deno.json"), ...allowed];
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, path("tasks/cli/main.ts"), ...args],
    cwd: folder,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    // Drivers of graphics cards complain where it is not set.
    env: { NO_COLOR: "1", XDG_RUNTIME_DIR: folder },
  }).spawn();
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

/** Runs a task to its end. */
export function run(folder: string, task: TaskName, ...args: readonly string[]): Promise<Ended> {
  return start(folder, task, args).ended;
}

/** A network that trains in no time, for `--data shapes`. */
export const smallNet: Net = chain(
  conv(4, { kernel: 3, stride: 4 }),
  relu(),
  globalAveragePool(),
  dense(10),
);

/** Does something in a folder that holds `net.json`, and removes the folder. */
export async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "net.json"), toJSON(smallNet));
    await work(folder);
  });
}

/** What every training of these tests is given, so that it takes no time. */
export const TINY: readonly string[] = [
  "net.json",
  "--data=shapes",
  "--limit=80",
  "--batch=16",
  "--backend=cpu",
];
