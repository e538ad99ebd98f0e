/**
 * The table of networks: training steps and inference of each beside PyTorch,
 * with the share of the processor's arithmetic that they use. What the
 * processor can do is measured in the same run, by a large convolution.
 */
import { cost } from "../../dsl/interpreters/counts/cost.ts";
import { trainingCost } from "../../dsl/interpreters/counts/training_cost.ts";
import { trainingStep } from "../../dsl/programs/training_step.ts";
import { table } from "../../tasks/terminal/table.ts";
import { LARGE, planOf } from "./_start.ts";
import {
  beside,
  besideTorch,
  bestTorch,
  BFLOAT16,
  fastest,
  measured,
  type Row,
  type TorchOptions,
  TUNED,
  type Work,
} from "./_torch.ts";
import { OPTIMIZER } from "./_work.ts";

/** A network's figures, for programs. */
export interface NetworkFigures {
  /** The network. */
  readonly net: string;
  /** Images in a batch. */
  readonly batch: number;
  /** The floating point operations of a training step, and of inference on a batch. */
  readonly flops: Readonly<Record<Work, number>>;
  /** The contenders in a training step. */
  readonly step: readonly Row[];
  /** The contenders in inference. */
  readonly inference: readonly Row[];
}

/** The figures of all networks, for programs. */
export interface TableFigures {
  /** Floating point operations of float32 in a second that the fastest contender reaches in a large convolution. */
  readonly peak: number;
  /** The contenders in that convolution. */
  readonly large: readonly Row[];
  /** The networks. */
  readonly networks: readonly NetworkFigures[];
}

/** Measures networks, given with the images in a batch of each, and prints the tables. */
export async function networkTable(
  nets: Readonly<Record<string, number>>,
  options: TorchOptions,
): Promise<TableFigures> {
  const { peak, large } = await arithmeticPeak(options);
  console.log(`arithmetic peak: ${(peak / 1e9).toFixed(0)} GFLOP/s, by ${LARGE}\n`);
  const networks: NetworkFigures[] = [];
  for (const [net, batch] of Object.entries(nets)) {
    const one = { ...options, net, batch };
    networks.push({
      ...{ net, batch, flops: flopsOf(net, batch) },
      step: await besideTorch("step", one),
      inference: await besideTorch("inference", one),
    });
  }
  for (const work of ["step", "inference"] as const) {
    console.log(`${work === "step" ? "training step" : "inference"}, images per second`);
    console.log(`${tableOf(work, { peak, networks })}\n`);
  }
  console.log("peak: the share of the arithmetic peak; ratio: how many times as fast as PyTorch");
  console.log("MB: peak memory of the process; bfloat16: PyTorch's autocast, channels_last");
  console.log(TUNED);
  return { peak, large, networks };
}

const BATCH = 16;

async function arithmeticPeak(
  options: TorchOptions,
): Promise<Pick<TableFigures, "peak" | "large">> {
  const large = await measured("inference", { ...options, net: LARGE, batch: BATCH });
  const best = fastest(large.filter(({ name }) => name !== BFLOAT16));
  return { peak: flopsOf(LARGE, BATCH).inference / (best?.seconds ?? NaN), large };
}

function flopsOf(net: string, batch: number): Readonly<Record<Work, number>> {
  const plan = planOf(net);
  const step = trainingStep(plan, { batch, optimizer: OPTIMIZER });
  return { step: trainingCost(step).total.flops, inference: batch * cost(plan).flops };
}

function tableOf(work: Work, { peak, networks }: Omit<TableFigures, "large">): string {
  const rows = networks.flatMap(({ net, batch, flops, ...rows }) => {
    const best = bestTorch(rows[work]);
    const half = rows[work].find(({ name }) => name === BFLOAT16);
    const speed = (row: Row | undefined) =>
      row === undefined ? "-" : (batch / row.seconds).toFixed(1);
    const share = (row: Row | undefined) =>
      row === undefined ? "-" : `${(100 * flops[work] / row.seconds / peak).toFixed(0)} %`;
    const memory = (row: Row | undefined) => `${row?.peakMegabytes ?? "-"}`;
    return rows[work].filter(({ description }) => !description.startsWith("PyTorch")).map((row) => [
      ...[`${net}, ${batch}`, row.name, speed(row), share(row), memory(row)],
      ...[speed(best), share(best), memory(best), beside(row, best), speed(half)],
    ]);
  });
  return table(rows, {
    header: [
      ...["network, batch", "netfold", "images/s", "peak", "MB"],
      ...["PyTorch", "peak", "MB", "ratio", "bfloat16"],
    ],
    align: ["left", "left", ...rows[0]?.slice(2).map(() => "right" as const) ?? []],
  });
}
