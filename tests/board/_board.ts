/** The board as its user starts it, and runs for it to show. */
import { fromFileUrl, join } from "@std/path";
import { toJSON } from "../../dsl/net/json.ts";
import type { Net } from "../../dsl/net/net.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { appendMetrics } from "../../tasks/files/metrics.ts";
import { createRun, type RunFolder } from "../../tasks/files/run_folder.ts";
import { appendSteps } from "../../tasks/files/steps.ts";
import { LineProcess } from "../_line_process.ts";
import { smallNet } from "../tasks/_task.ts";

const root = fromFileUrl(new URL("../../", import.meta.url));

/** What a board is started with that may train. */
const TRAINS = ["--train"];

/**
 * Starts the board of a folder's runs, and gives its address, whose port is a free one where none is
 * said, and which may read a folder of caches that is named; it ends with what is done. One that `trains` ends as by Ctrl-C.
 */
export async function withBoard(
  runs: string,
  work: (address: string) => Promise<void>,
  { trains = false, port = 0, cache }: {
    readonly trains?: boolean;
    readonly port?: number;
    readonly cache?: string;
  } = {},
): Promise<void> {
  const flags = ["--no-lock", "--no-prompt", "--config", join(root, "deno.json")];
  const training = [`--allow-write=${runs}`, `--allow-run=${Deno.execPath()}`];
  const cached = ["--allow-env=XDG_CACHE_HOME,HOME,LOCALAPPDATA"];
  const allowed = ["--allow-read", "--allow-net=127.0.0.1"]
    .concat(trains ? training : [], cache === undefined ? [] : cached);
  const script = join(root, "tasks/cli/main.ts");
  const args = [
    "run",
    "-q",
    ...flags,
    ...allowed,
    script,
    "board",
    "--runs",
    runs,
    `--port=${port}`,
  ]
    .concat(trains ? TRAINS : []);
  await using server = new LineProcess(
    Deno.execPath(),
    args,
    cache === undefined ? {} : { XDG_CACHE_HOME: cache },
  );
  const address = await server.line();
  try {
    await work(address);
  } finally {
    Deno.kill(server.pid, trains ? "SIGINT" : "SIGTERM");
  }
}

/** A run's folder with a configuration, in which nothing was trained. */
export async function makeRun(
  folder: string,
  { name = "small", epochs = 3, net = smallNet }: {
    readonly name?: string;
    readonly epochs?: number;
    readonly net?: Net;
  } = {},
): Promise<RunFolder> {
  return orThrow(
    await createRun(folder, {
      name,
      net: JSON.parse(toJSON(net)),
      input: [32, 32, 3],
      data: "shapes",
      recipe: {
        epochs,
        batch: 16,
        optimizer: {
          kind: "sgd",
          momentum: 0.9,
          nesterov: true,
          weightDecay: 0,
          decay: "kernels",
        },
        rate: 0.1,
        schedule: "cosine",
        labelSmoothing: 0,
        augment: "none",
        validation: 8,
        seed: 1,
      },
      engine: "auto",
      backend: "cpu",
      versions: {},
    }),
  );
}

/** Writes an epoch of steps into a run, with a loss that falls. */
export async function writeEpoch(run: RunFolder, epoch: number, steps = 40): Promise<void> {
  const first = (epoch - 1) * steps;
  orThrow(
    await appendSteps(
      run,
      Array.from({ length: steps }, (_, i) => ({
        step: first + i + 1,
        epoch,
        loss: 2.3 / (1 + (first + i) / steps) + 0.2 * Math.sin(i * 1.7),
        accuracy: 1 - 0.9 / (1 + (first + i) / steps),
        rate: 0.1 / epoch,
        seconds: 0.01,
      })),
    ),
  );
  orThrow(
    await appendMetrics(run, {
      epoch,
      step: epoch * steps,
      rate: 0.1 / epoch,
      trainLoss: 2.3 / epoch,
      trainAccuracy: 1 - 0.9 / epoch,
      validationLoss: 2.4 / epoch,
      validationAccuracy: 1 - 0.95 / epoch,
      seconds: 4,
      imagesPerSecond: 160,
      engine: "cpu, for a test",
    }),
  );
}

/** Writes the end of a run. */
export async function writeTest(run: RunFolder, top1: number): Promise<void> {
  orThrow(await appendMetrics(run, { test: { images: 100, loss: 1, top1, top5: 1 } }));
}
