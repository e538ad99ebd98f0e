/** A training on paper, for a terminal: a row for each number of cards, and what was assumed. */
import { bytes, grouped } from "../../dsl/problem/digits.ts";
import { printable, shellWord } from "../../dsl/problem/escape.ts";
import { wrapped } from "../../dsl/problem/wrap.ts";
import { count, percent } from "../terminal/format.ts";
import { type Align, table } from "../terminal/table.ts";
import { type Gpu, PER_MACHINE, type Precision } from "./gpus.ts";
import { BEST, type Span, WORST } from "./step_time.ts";
import { LIBRARIES, PLANNED, type TrainingOn } from "./training_plan.ts";
import { PROGRAM } from "../program_name.ts";

/** What is shown. */
export interface TrainingPlan {
  readonly network: string;
  /** What `deno task export` is given to write it. */
  readonly exported: readonly string[];
  readonly gpu: Gpu;
  readonly precision: Precision;
  readonly batch: number;
  readonly steps: number;
  /** The images of a step in the paper's recipe. */
  readonly customary: number;
  /** Bytes that an image takes up to the backward pass. */
  readonly perImage: number;
  readonly parameters: number;
  readonly trainings: readonly TrainingOn[];
}

const HEADER = ["GPUs", "in use", "images each", "parts", "parallel", "memory each"];
const ALIGN: readonly Align[] = HEADER.map((name) => name === "parallel" ? "left" : "right");
const WAYS = { none: "-", data: "data", shards: "shards" } as const;

/** The plan in lines of at most `columns` columns. */
export function planText(plan: TrainingPlan, columns: number): string {
  const { network, gpu, precision, batch, steps, trainings } = plan;
  const rows = trainings.map(rowOf);
  return [
    `${printable(network)} on ${gpu.name} in ${precision}: ${grouped(steps)} steps of ${
      grouped(batch)
    } images`,
    table(rows, { header: [...HEADER, "hours", "images/s"], align: ALIGN }),
    ...[...warningsOn(plan), ...assumptions(plan)].map((text) => wrapped(text, columns).join("\n")),
    commandOf(plan),
  ].join("\n\n") + "\n";
}

function rowOf(training: TrainingOn): readonly string[] {
  const { gpus, used, images, parts, parallelism, memory, fits, seconds, rate } = training;
  return [
    ...[gpus, used, images, parts].map(grouped),
    WAYS[parallelism],
    fits ? bytes(memory) : `${bytes(memory)}, too much`,
    fits ? span(seconds, (value) => (value / 3600).toPrecision(2)) : "-",
    fits ? span(rate, (value) => count(Number(value.toPrecision(2)))) : "-",
  ];
}

function span({ least, most }: Span, write: (value: number) => string): string {
  return `${write(least)} to ${write(most)}`;
}

/** Below this number of images the statistics of a batch norm are its noise (Wu and He, 2018). */
const FEW = 16;

function warningsOn({ batch, customary, trainings }: TrainingPlan): readonly string[] {
  const idle = trainings.findLast(({ gpus, used }) => used < gpus);
  const few = trainings.findLast(({ images, parts }) => images / parts < FEW);
  const larger = idle && Math.ceil(batch / idle.gpus) * idle.gpus;
  return [
    ...(idle === undefined ? [] : [
      `idle: ${
        idle.gpus - idle.used
      } of ${idle.gpus} GPUs, for a step of ${batch} images is shared ` +
      `by ${idle.used} at most in equal parts; --batch ${larger} is one for all of them.`,
    ]),
    ...(few === undefined ? [] : [
      `batch norm: statistics of ${few.images / few.parts} at once are noisy; train.py has ` +
      "--sync-batch-norm yes, which takes those of all GPUs.",
    ]),
    ...(batch === customary ? [] : [
      `rate: the recipe's is for ${customary} images a step; a larger batch wants it in proportion, ` +
      "after a warm-up, which is known to hold for ResNet-50 up to 8,192 (Goyal et al., 2017).",
    ]),
  ];
}

function assumptions({ gpu, precision, perImage, parameters }: TrainingPlan): readonly string[] {
  const range = (part: "flops" | "bandwidth" | "link") =>
    `${percent(WORST[part], 0)} to ${percent(BEST[part], 0)}`;
  const launch = ({ launches, launch }: typeof BEST) => `${Math.round(launches * launch * 1e6)}`;
  const rate = (value: number) => `${grouped(Math.round(value / 1e9))} GB/s`;
  return [
    `memory: weights, momentum and gradients in float32, ${bytes(4 * parameters)} each; ` +
    `${bytes(perImage)} of maps an image, which eager PyTorch keeps for the backward pass; ` +
    `${bytes(LIBRARIES)} for CUDA and its libraries. ${percent(PLANNED, 0)} of ` +
    `${bytes(gpu.memory)} is planned with. torch.compile keeps less.`,
    `time: a step costs three forward passes. Of the data sheet's ${
      grouped(gpu.flops[precision] / 1e12)
    } TFLOP/s a card gives ${range("flops")}, of its ${rate(gpu.bandwidth)} ${
      range("bandwidth")
    }; a layer takes ${launch(BEST)} to ${launch(WORST)} microseconds to launch. Gradients go at ${
      range("link")
    } of ${rate(gpu.link)} between ${PER_MACHINE} cards of a machine, of ${
      rate(gpu.network)
    } between machines, behind the backward pass or after it. Images are there when they are needed. Speeds that are published of ResNet-50 lie within such ranges; nothing was run.`,
  ];
}

/** The command that trains on the most cards of which all are of use. */
function commandOf({ exported, batch, trainings }: TrainingPlan): string {
  const last = trainings.findLast(({ fits, gpus, used }) => fits && gpus === used) ??
    trainings.find(({ fits }) => fits);
  if (last === undefined) {
    return "next\n  a smaller network or input, or a card with more memory: see --help";
  }
  const { used, parts, parallelism } = last;
  const machines = Math.ceil(used / PER_MACHINE);
  const start = used === 1
    ? "python"
    : `torchrun --nnodes ${machines} --nproc_per_node ${Math.min(used, PER_MACHINE)}`;
  const accumulate = parts === 1 ? "" : ` --accumulate ${parts}`;
  const shards = parallelism === "shards" ? " --fsdp yes" : "";
  return [
    "next",
    `  ${PROGRAM} export ${exported.map(shellWord).join(" ")} --format torch --out project`,
    `  ${start} project/train.py --batch ${batch}${accumulate}${shards}`,
  ].join("\n");
}
