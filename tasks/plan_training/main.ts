/**
 * `deno task plan-training NET`: what training a network with PyTorch takes on one graphics card or
 * on many, counted on paper.
 */
import { params } from "../../dsl/interpreters/counts/params.ts";
import { defined } from "../../dsl/problem/defined.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { type Run, runner } from "../cli/arguments.ts";
import { plannedNetwork } from "../networks/networks.ts";
import { standardOutput } from "../terminal/terminal.ts";
import { PRESETS } from "../training/presets.ts";
import { GPUS } from "./gpus.ts";
import { type PlanTrainingArguments, planTrainingCommand } from "./options.ts";
import { stepMemory } from "./torch_memory.ts";
import { trainingOn } from "./training_plan.ts";
import { planText, type TrainingPlan } from "./view.ts";

/** The numbers of cards that are shown. */
const COUNTS = [1, 8, 64, 1024];

export const run: Run = runner(
  planTrainingCommand,
  ({ net }) => `plan a training of ${net}`,
  main,
);

async function main(given: PlanTrainingArguments): Promise<void> {
  const { net, input, classes, language, format = "text" } = given;
  const planned = orThrow(await plannedNetwork(net, defined({ input, classes, language })));
  const plan = trainingPlan(net, planned, given);
  const output = standardOutput();
  output.write(
    format === "json"
      ? `${JSON.stringify(plan, undefined, 2)}\n`
      : planText(plan, Math.max(output.columns(), 80)),
  );
}

/** The training of a network by the paper's recipe for images of its size. */
function trainingPlan(
  network: string,
  plan: Plan,
  { gpus = COUNTS, gpu: name = "h100", precision = "bfloat16", ...given }: PlanTrainingArguments,
): TrainingPlan {
  const [height, width] = plan.input;
  const recipe = height === 32 && width === 32 ? PRESETS.paper : PRESETS.imagenet;
  const { batch = recipe.batch, input, classes, language } = given;
  const { steps = Math.ceil((recipe.steps ?? 0) * recipe.batch / batch) } = given;
  const request = { gpu: GPUS[name], precision, batch, steps };
  const of = (images: number) =>
    stepMemory(plan, { images, bytes: precision === "float32" ? 4 : 2, kept: 0 }).kept;
  return {
    network,
    exported: [
      network,
      ...(input === undefined ? [] : ["--input", input.join("x")]),
      ...(classes === undefined ? [] : ["--classes", `${classes}`]),
      ...(language === undefined ? [] : ["--language", language]),
    ],
    ...request,
    customary: recipe.batch,
    perImage: of(2) - of(1),
    parameters: params(plan).trainable,
    trainings: gpus.map((count) => trainingOn(plan, request, count)),
  };
}
