/**
 * netfold beside PyTorch: training steps, inference and peak memory of the same
 * network, parameters and batch; and what netfold's training loop adds to a step.
 */
import { join } from "@std/path";
import type { HostTensor } from "../../dsl/graph/tensors.ts";
import { encodeSafetensors } from "../../tasks/files/safetensors.ts";
import { table } from "../../tasks/terminal/table.ts";
import { findTorch, HOW_TO_GET_TORCH, python, testFile } from "../torch/_torch.ts";
import { compete, type Entry, median, type Standing } from "./_rounds.ts";
import { startOf } from "./_start.ts";

/** What is compared, and how. */
export interface TorchOptions {
  /** A network of the zoo. */
  readonly net: string;
  /** Images in a batch. */
  readonly batch: number;
  /** Threads of those who can choose. */
  readonly threads: number;
  /** Rounds of turns. */
  readonly rounds: number;
  /** netfold's engines. */
  readonly engines: readonly string[];
}

/** A contender's figures, for programs. */
export interface Row {
  /** Which contender. */
  readonly name: string;
  /** What it says of itself. */
  readonly description: string;
  /** The median of the seconds that a run takes. */
  readonly seconds: number;
  /** The seconds of a run in each round. */
  readonly rounds: readonly number[];
  /** The most memory it had, in MB; null where the system does not say. */
  readonly peakMegabytes: number | null;
}

/** What is timed. */
export type Work = "step" | "inference";

/** PyTorch's memory formats. */
export const LAYOUTS = ["channels_last", "contiguous"] as const;

/** One of them. */
export type Layout = typeof LAYOUTS[number];

/** The name of PyTorch in bfloat16, which is no peer of float32 and stands beside it. */
export const BFLOAT16 = "bfloat16";

/** netfold on an engine, as a process of its own. */
function netfold(work: string, engine: string, { net, batch, threads }: TorchOptions): Entry {
  const flags = ["--no-lock", "--no-prompt", "--allow-read", "--allow-write", "--allow-ffi"];
  const script = testFile("bench/contender.ts");
  const args = ["run", ...flags, script, net, work, engine, `${batch}`, `${threads}`];
  return { name: engine, command: Deno.execPath(), args };
}

/** Does something in a folder that holds what {@link startOf} gives, for Python. */
export async function inStart<A>(
  { net, batch }: TorchOptions,
  work: (folder: string) => Promise<A>,
): Promise<A> {
  const folder = await Deno.makeTempDir();
  try {
    const { plan, parameters, images, targets } = startOf(net, batch);
    const tensors = new Map<string, HostTensor>([
      ...parameters,
      ["images", { shape: [batch, ...plan.input], data: images }],
      ["targets", { shape: [batch, ...plan.output], data: targets }],
    ]);
    await Deno.writeFile(join(folder, "start.safetensors"), encodeSafetensors(tensors, {}));
    await Deno.writeTextFile(join(folder, "plan.json"), JSON.stringify(plan));
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * What PyTorch's guide to tuning asks for on processors: threads that stay on their cores with
 * equal shares, and an allocator that keeps memory instead of giving it back to the system in
 * between, for fetching it again can take longer than the work; the latter said to glibc's.
 *
 * Source: https://docs.pytorch.org/tutorials/recipes/recipes/tuning_guide.html
 */
const TUNING = {
  OMP_PROC_BIND: "CLOSE",
  OMP_SCHEDULE: "STATIC",
  MALLOC_MMAP_MAX_: "0",
  MALLOC_TRIM_THRESHOLD_: `${2 ** 35}`,
  MALLOC_TOP_PAD_: `${2 ** 28}`,
};

/** That, in words. */
export const TUNED =
  "PyTorch as its tuning guide asks: the better of both memory formats, threads bound to cores, an allocator that keeps its memory";

/** PyTorch in a memory format, as a process of its own; of a module in a file, where one is named. */
export function pytorch(
  work: string,
  layout: Layout,
  { folder, options: { batch, threads }, precision = "float32", module = [] }: {
    readonly folder: string;
    readonly options: TorchOptions;
    readonly precision?: "float32" | "bfloat16";
    readonly module?: readonly string[];
  },
): Entry {
  const args = [folder, work, layout, precision, `${batch}`, `${threads}`, ...module];
  const script = ["-B", testFile("bench/peer.py"), ...args];
  return { name: layout, command: python, args: script, env: TUNING };
}

/** Whether there is PyTorch; says so when there is none. */
export function hasTorch(): boolean {
  const torch = findTorch();
  if (!("missing" in torch)) return true;
  console.log(`PyTorch is left out, ${python} has none (${torch.missing}): ${HOW_TO_GET_TORCH}`);
  return false;
}

/** Measures a training step or inference. */
export function measured(work: Work, options: TorchOptions): Promise<readonly Row[]> {
  return inStart(options, async (folder) => {
    const { rounds, engines } = options;
    const peers = hasTorch()
      ? [
        ...LAYOUTS.map((layout) => pytorch(work, layout, { folder, options })),
        {
          ...pytorch(work, "channels_last", { folder, options, precision: "bfloat16" }),
          name: BFLOAT16,
        },
      ]
      : [];
    const ours = engines.map((engine) => netfold(work, engine, options));
    return (await compete([...ours, ...peers], rounds)).map(rowOf);
  });
}

/** Compares a training step or inference, and prints a table of it. */
export async function besideTorch(work: Work, options: TorchOptions): Promise<readonly Row[]> {
  const rows = await measured(work, options);
  console.log(titleOf(work, options));
  console.log(tableOf(rows, options.batch));
  console.log("x: how many times as fast, of PyTorch as its faster layout; medians of the rounds");
  console.log(`${TUNED}\n`);
  return rows;
}

/** What is measured, in words. */
export function titleOf(work: Work, { net, batch, threads, rounds }: TorchOptions): string {
  const title = work === "step" ? "training step" : "inference";
  return `${title} of ${net}, batch ${batch}, ${threads} threads, ${rounds} rounds`;
}

/** How many times as fast one is as another: the median of the rounds' ratios. */
export function beside(row: Row, other: Row | undefined): string {
  return other === undefined
    ? "-"
    : median(row.rounds.map((seconds, i) => (other.rounds[i] ?? NaN) / seconds)).toFixed(2);
}

/** The fastest of some. */
export function fastest(rows: readonly Row[]): Row | undefined {
  return rows.toSorted((a, b) => a.seconds - b.seconds)[0];
}

/** A contender's figures, of its rounds. */
export function rowOf({ name, description, rounds, peak }: Standing): Row {
  const seconds = rounds.map(([seconds = NaN]) => seconds);
  const peakMegabytes = Number.isNaN(peak) ? null : Math.round(peak / 1e6);
  return { name, description, seconds: median(seconds), rounds: seconds, peakMegabytes };
}

/** PyTorch in float32, in its faster memory format. */
export function bestTorch(rows: readonly Row[]): Row | undefined {
  return fastest(rows.filter(({ name }) => LAYOUTS.some((layout) => layout === name)));
}

/** The rows as text: the speed of each beside the faster PyTorch's, and beside our engine on wasm. */
function tableOf(rows: readonly Row[], batch: number): string {
  const best = bestTorch(rows);
  const wasm = rows.find(({ name }) => name === "wasm");
  const cells = rows.map((row) => [
    row.description.startsWith("PyTorch") ? row.description : `netfold, ${row.description}`,
    (1000 * row.seconds).toFixed(0),
    (batch / row.seconds).toFixed(1),
    beside(row, best),
    beside(row, wasm),
    row.peakMegabytes === null ? "-" : `${row.peakMegabytes}`,
  ]);
  const header = ["", "ms", "images/s", "x PyTorch", "x wasm", "peak MB"];
  return table(cells, { header, align: ["left", "right", "right", "right", "right", "right"] });
}

/** The figures of a training loop, for programs; medians of the rounds. */
export interface LoopRow {
  /** The engine. */
  readonly name: string;
  /** What it says of itself. */
  readonly description: string;
  /** The seconds of a step in the training loop. */
  readonly loop: number;
  /** The share of them in which the engine was not at work. */
  readonly overhead: number;
  /** The seconds of a step on a batch that is always the same, without the loop. */
  readonly alone: number;
}

/** Measures what the training loop adds to the engine's work, and prints a table of it. */
export async function loopOverhead(options: TorchOptions): Promise<readonly LoopRow[]> {
  const { net, batch, rounds, engines } = options;
  const entries = engines.map((engine) => netfold("loop", engine, options));
  const rows = (await compete(entries, rounds)).map(({ name, description, rounds }): LoopRow => ({
    name,
    description,
    loop: median(rounds.map(([loop = NaN]) => loop)),
    overhead: median(rounds.map(([loop = NaN, work = NaN]) => Math.max(0, 1 - work / loop))),
    alone: median(rounds.map(([, , alone = NaN]) => alone)),
  }));
  console.log(`a step in the training loop of ${net}, batch ${batch}, ${rounds} rounds`);
  const cells = rows.map(({ description, loop, overhead, alone }) => [
    `netfold, ${description}`,
    (1000 * loop).toFixed(1),
    `${(100 * overhead).toFixed(2)} %`,
    (1000 * alone).toFixed(1),
  ]);
  const header = ["", "ms", "outside the engine", "ms without the loop"];
  console.log(`${table(cells, { header, align: ["left", "right", "right", "right"] })}\n`);
  return rows;
}

/** The processor, where the system says what it is, and the cores. */
export async function machine(): Promise<string> {
  const cores = `${navigator.hardwareConcurrency} cores`;
  if (Deno.build.os !== "linux") return `${Deno.build.os} ${Deno.build.arch}, ${cores}`;
  const args = ["-m1", "model name", "/proc/cpuinfo"];
  const { stdout } = await new Deno.Command("grep", { args }).output();
  const [, name = Deno.build.arch] = /: (.*)/.exec(new TextDecoder().decode(stdout)) ?? [];
  return `${name}, ${cores}`;
}
