/** The command line of the benchmark. */
import { parseArgs } from "node:util";
import { renderProblems } from "../../dsl/problem/render.ts";
import { network } from "../../nets/zoo.ts";
import type { TorchOptions } from "./_torch.ts";

const PARTS = {
  "step": "a training step on the wasm backend, beside TensorFlow.js's own tape",
  "inference": "inference on the wasm backend, beside tf.layers",
  "plan": "planning and counting",
  "summary": "a summary from the shell, beside an empty script",
  "board": "the board: its start, its answers to a keystroke, long runs and many",
  "torch-step": "a training step and its peak memory, beside PyTorch",
  "torch-inference": "inference and its peak memory, beside PyTorch",
  "torch-module": "the PyTorch module that netfold writes, beside one written by hand",
  "overhead": "what the training loop adds to the engine's work",
  "networks": "the table of networks: steps and inference beside PyTorch; half an hour",
} as const;

/** The networks of the table, and the images in a batch of each. */
const NETWORKS: Readonly<Record<string, number>> = {
  "cifar/attention-8": 256,
  "cifar/plain": 256,
  "cifar/wrn-16-8": 32,
  "cifar/attention-56": 64,
  "cifar/attention-92": 64,
  "cifar/attention-164": 64,
  "imagenet/attention-56": 8,
};

const USAGE = `deno task bench [PART...] [options]

Parts, all of them but networks by default:
${Object.entries(PARTS).map(([part, text]) => `  ${part.padEnd(16)} ${text}`).join("\n")}

Options of the last five:
  --net NAME       a network of the zoo; cifar/attention-56, or for networks those of its table
  --batch N        images in a batch; 64, or for networks what its table says
  --threads N      threads of ONNX Runtime and PyTorch; as many as there are cores
  --engines A,B    netfold's engines; onnx,wasm
  --rounds N       rounds in which each contender has a turn; 5
  --json FILE      writes the figures there too
  --help           prints this`;

function refuse(complaint: string): never {
  console.error(`${complaint}\n\n${USAGE}`);
  Deno.exit(2);
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  return refuse(`--${name} takes a whole number of at least 1, not ${JSON.stringify(text)}`);
}

const ENGINES = ["onnx", "webgpu", "wasm", "cpu"];

function engineName(name: string): string {
  if (ENGINES.includes(name)) return name;
  return refuse(`--engines takes ${ENGINES.join(", ")}, not ${JSON.stringify(name)}`);
}

/** What the benchmark is asked for. */
export interface BenchOptions {
  /** The parts to run. */
  readonly parts: ReadonlySet<string>;
  /** The networks of the table, and the images in a batch of each. */
  readonly nets: Readonly<Record<string, number>>;
  /** Where the figures are written too. */
  readonly json: string | undefined;
  /** How netfold is compared with PyTorch. */
  readonly options: TorchOptions;
}

/** Reads the command line; prints the usage and ends the process when asked to, or when it cannot be read. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parsed(args);
  if (values.help) {
    console.log(USAGE);
    Deno.exit(0);
  }
  const unknown = positionals.find((part) => !Object.hasOwn(PARTS, part));
  if (unknown !== undefined) refuse(`There is no benchmark ${JSON.stringify(unknown)}`);
  const { net = "cifar/attention-56", batch = "64" } = values;
  const known = network(net);
  if (known._tag === "Left") refuse(renderProblems(known.left));
  return {
    parts: new Set(
      positionals.length === 0
        ? Object.keys(PARTS).filter((part) => part !== "networks")
        : positionals,
    ),
    nets: Object.fromEntries(
      (values.net === undefined ? Object.keys(NETWORKS) : [net]).map((name) => [
        name,
        values.batch === undefined && NETWORKS[name] || whole("batch", batch),
      ]),
    ),
    json: values.json,
    options: {
      net,
      batch: whole("batch", batch),
      threads: whole("threads", values.threads),
      rounds: whole("rounds", values.rounds),
      engines: values.engines.split(",").map(engineName),
    },
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        net: { type: "string" },
        batch: { type: "string" },
        threads: { type: "string", default: `${navigator.hardwareConcurrency}` },
        engines: { type: "string", default: "onnx,wasm" },
        rounds: { type: "string", default: "5" },
        json: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}
