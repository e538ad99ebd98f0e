/**
 * `deno task evaluate RUN`: what a run's weights reach on a split of its data
 * set, class by class, with the confusion matrix as text and as a picture.
 */
import { join } from "@std/path";
import type { Problem } from "../../dsl/problem/problem.ts";
import { engineChoice } from "../cli/engine_options.ts";
import { parseEvaluateArguments } from "./options.ts";
import { evaluationJson, evaluationText, matrixOf } from "./view.ts";
import { EXIT } from "../cli/exit.ts";
import { dataStatus, noteBroken } from "../terminal/data_status.ts";
import { reportProblems, runTask } from "../cli/task.ts";
import { writeAtomic } from "../files/atomic.ts";
import { confusionSvg } from "../charts/confusion_chart.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";
import { evaluate } from "../training/evaluate.ts";

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const given = parseEvaluateArguments(args);
  const { run, data, format, split = "test", crops = "1", weights = "best" } = given;
  const status = dataStatus();
  const tenCrops = crops === "10";
  const measured = await evaluate(run, {
    split,
    weights,
    tenCrops,
    ...(data === undefined ? {} : { dataset: data }),
    ...engineChoice(given),
    ...status,
  });
  status.clear();
  if (measured._tag === "Left") return cannot(`evaluate ${run}`, measured.left);
  noteBroken(measured.right.broken ?? [], standardError());
  const evaluation = { ...measured.right, split, weights };
  const output = standardOutput();
  const picture = join(run, split === "test" ? "confusion.svg" : `confusion-${split}.svg`);
  const text = format === "json"
    ? JSON.stringify(evaluationJson(evaluation), undefined, 2)
    : evaluationText(evaluation, output.columns());
  output.write(`${text}\n`);
  const svg = await confusionSvg(matrixOf(evaluation), evaluation.classes);
  const drawn = svg._tag === "Left" ? svg : await writeAtomic(picture, svg.right);
  if (drawn._tag === "Left") return cannot("keep the picture of the confusion matrix", drawn.left);
  if (format !== "json") output.write(`\nthe matrix as a picture: ${picture}\n`);
  return EXIT.done;
}

function cannot(act: string, problems: readonly Problem[]): number {
  reportProblems(`cannot ${act}`, problems);
  return EXIT.failed;
}
