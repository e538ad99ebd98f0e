/**
 * Driving the Python script: starts it, alone or by torchrun, passes on its
 * events, stops it when asked to, and says what is wrong when it fails.
 */
import { TextLineStream } from "@std/streams";
import * as v from "valibot";
import { fail, orThrow, type Problem, refused, type Result, right } from "../fp.ts";
import { parsed } from "../parsed.ts";
import { EPOCH, FIGURES, numbers } from "./record.ts";

const PLACE = ["epoch", "epochs", "batch", "batches", "step", "steps"] as const;
/** One line of the script's events. */
const EVENT = v.union([
  v.object({
    start: v.object({ engine: v.string(), ...numbers("images", "validation", "step", "steps") }),
  }),
  v.object({ step: v.object(numbers(...PLACE, "loss", "accuracy", "images")) }),
  v.object({ epoch: EPOCH }),
  v.object({ test: FIGURES }),
], "train.py is another version's: write it anew");
export type TorchEvent = v.InferOutput<typeof EVENT>;

export interface Drive {
  readonly python: string;
  readonly processes: number;
  /** Whether to stop, asked ten times a second. */
  readonly interrupted: () => Promise<boolean>;
  readonly onEvent: (event: TorchEvent) => void;
}

const ASK_EVERY = 100;

/** The exit code of a script that was asked to stop, and has saved. */
const STOPPED = 130;

/** Runs the script to its end; gives whether it came there or was asked to stop. */
export async function drivePython(
  script: string,
  options: readonly string[],
  drive: Drive,
): Promise<Result<"finished" | "stopped">> {
  const { python, processes } = drive;
  const together = ["-m", "torch.distributed.run", "--standalone", `--nproc_per_node=${processes}`];
  const args = [...(processes === 1 ? [] : together), script, ...options];
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(python, { args, stdout: "piped", stderr: "piped" }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return noPython(python, "no such program");
    throw error;
  }
  let asked = false;
  const timer = setInterval(async () => {
    if (asked || !await drive.interrupted()) return;
    asked = true;
    child.kill("SIGTERM");
  }, ASK_EVERY);
  const listening = listen(child.stdout, (event) => {
    drive.onEvent(orThrow(parsed(EVENT, event, { path: script, layer: "PyTorch" })));
  }).catch((error) => {
    child.kill("SIGTERM");
    throw error;
  }).finally(() => clearInterval(timer));
  const [stderr] = await Promise.all([new Response(child.stderr).text(), listening]);
  const { code } = await child.status;
  if (code === 0) return right("finished");
  if (asked || code === STOPPED) return right("stopped");
  if (/No module named '?torch'?/.test(stderr)) return noPython(python, "it has no torch");
  const lines = stderr.trim().split("\n");
  const said = lines.findLast((line) => /^error: /.test(line))?.slice("error: ".length);
  return refused({ path: script, layer: "PyTorch", code: "torch-failed" }, {
    rule: "training on PyTorch must come to its end",
    got: said ?? lines.slice(-8).join("\n"),
    wanted: "exit code 0",
    hint: said === undefined ? `it ended with exit code ${code}` : "",
  });
}

async function listen(
  stdout: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine: (json: unknown) => void,
): Promise<void> {
  const text = stdout.pipeThrough(new TextDecoderStream());
  const lines: ReadableStream<string> = text.pipeThrough(new TextLineStream());
  for await (const line of lines) if (line.startsWith("{")) onLine(JSON.parse(line));
}

/** That Python with torch is needed, and that there is none; `instead` is another way. */
export function torchMissing(
  path: string,
  words: Pick<Problem, "layer" | "rule" | "got">,
  instead = "",
): Result<never> {
  return fail({
    path,
    ...words,
    code: "torch-missing",
    wanted: `an interpreter that can import torch${instead}`,
    hint: "install it with: python3 -m pip install torch; another interpreter is named by " +
      "NETFOLD_PYTHON",
  });
}

function noPython(python: string, got: string): Result<never> {
  const rule = "training on PyTorch needs Python with torch";
  return torchMissing(python, { layer: "PyTorch", rule, got });
}
