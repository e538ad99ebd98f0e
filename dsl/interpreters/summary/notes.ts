/** What stands under a summary's table: totals, sizes, training, and what was counted. */
import { foldMap, parametersAt } from "../../plan/fold.ts";
import type { Cost, Parameter } from "../../plan/rule.ts";
import type { Plan } from "../../plan/plan.ts";
import { bytesOf, NUMBER_BYTES } from "../../net/shape.ts";
import { SUM } from "../../problem/monoid.ts";
import { bytes, grouped, short } from "../../problem/digits.ts";
import { type ConventionName, CONVENTIONS } from "../counts/convention.ts";
import { SINGLE_NORM, singleNorms } from "../counts/single_norms.ts";
import { countParameters, type ParameterCounts } from "../counts/params.ts";
import type { SummaryNode } from "./summary.ts";
import type { SummaryOptions } from "./rows.ts";
import type { TrainingNeeds } from "../counts/training_cost.ts";

/** A note: what it is about, and its lines of text. */
export interface Note {
  /** A word. */
  readonly title: string;
  /** The text; each entry begins a line. */
  readonly lines: readonly string[];
}

/** The notes on a planned network, which is `whole` as one part. */
export function notesOn(
  plan: Plan,
  whole: SummaryNode,
  { convention = "netfold", training }: SummaryOptions,
): readonly Note[] {
  return [
    { title: "parameters", lines: [parametersLine(whole.params, frozenIn(plan))] },
    { title: "cost", lines: [costLine(whole, convention)] },
    { title: "memory", lines: [memoryLine(whole)] },
    ...training === undefined ? [] : [
      { title: "training", lines: trainingLines(training) },
      ...warnings(plan, training),
    ],
    {
      title: "convention",
      lines: [`${convention}, for one input: ${CONVENTIONS[convention].meaning}`],
    },
  ];
}

/** What training with such a batch cannot teach. */
function warnings(plan: Plan, { batch }: TrainingNeeds): readonly Note[] {
  const [first, ...others] = singleNorms(plan, batch);
  if (first === undefined) return [];
  const more = others.length === 0 ? "" : ` and ${others.length} more like it`;
  return [{ title: "warning", lines: [`${first}${more}: ${SINGLE_NORM}`] }];
}

function parametersLine({ trainable, weights, total }: ParameterCounts, frozen: number): string {
  const resting = frozen === 0 ? "" : `${grouped(frozen)} frozen, `;
  return `${grouped(total)} in all, ${grouped(trainable)} trainable, ${resting}` +
    `${grouped(weights)} kernels and biases`;
}

/** The parameters that training would change if they were not frozen. */
export function frozenIn(plan: Plan): number {
  const thawed = ({ frozen: _, ...parameter }: Parameter): Parameter => parameter;
  return foldMap(SUM)(plan, (leaf) => {
    const frozen = parametersAt(leaf).filter((parameter) => parameter.frozen);
    return countParameters(frozen.map(thawed)).trainable;
  });
}

function costLine({ cost, count }: SummaryNode, convention: ConventionName): string {
  const own = `${grouped(cost.macs)} MACs, ${grouped(cost.flops)} FLOPs`;
  return convention === "netfold"
    ? own
    : `${grouped(count)} ${CONVENTIONS[convention].unit} (netfold: ${own})`;
}

function memoryLine({ params, activations, input }: SummaryNode): string {
  return `${bytes(NUMBER_BYTES * params.total)} parameters, ${bytes(activations)} activations, ` +
    `${bytes(bytesOf(input))} input (float32)`;
}

function trainingLines({ batch, cost, memory }: TrainingNeeds): readonly string[] {
  const line = (title: string, { macs, flops }: Cost) =>
    `  ${title.padEnd(18)}${(macs === 0 ? "" : `${short(macs)} MACs`).padEnd(15)}` +
    `${short(flops)} FLOPs`;
  const { forward, inputGradient, filterGradient, update, total } = cost;
  return [
    `a step of batch ${batch}: ${short(total.macs)} MACs, ${short(total.flops)} FLOPs, ` +
    `${bytes(memory.peak)} at peak`,
    line("forward", forward),
    line("input gradients", inputGradient),
    line("filter gradients", filterGradient),
    line("update", update),
    `  ${"peak in".padEnd(18)}${memory.at.op} of ${memory.at.origin}`,
    `  ${"state".padEnd(18)}${bytes(memory.state)}`,
  ];
}
