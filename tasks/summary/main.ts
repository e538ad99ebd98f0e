/**
 * `deno task summary NET`: a network's layers, shapes, parameters and costs, as
 * a table, as Markdown, CSV or JSON. It loads nothing that it does not need for that, so it
 * starts about as fast as Deno.
 */
import { summarize } from "../../dsl/interpreters/summary/summary.ts";
import { renderSummary } from "../../dsl/interpreters/summary/text.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { plan } from "../../layers/bound/plan.ts";
import type { ZooOptions } from "../../nets/zoo.ts";
import type { SummaryOptions } from "../../dsl/interpreters/summary/rows.ts";
import type { TrainingNeeds } from "../../dsl/interpreters/counts/training_cost.ts";
import { EXIT } from "../cli/exit.ts";
import { chosenNetwork } from "../networks/networks.ts";
import { scan } from "../cli/scan.ts";
import { SUMMARY_READERS, type SummaryArguments } from "./readers.ts";
import { reportProblems, runTask } from "../cli/task.ts";
import { standardOutput } from "../terminal/terminal.ts";

type Options = SummaryArguments["options"];

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const { net, options } = await argumentsOf(args);
  return net === undefined ? await printZoo(options) : await printNetwork(net, options);
}

async function printNetwork(name: string, options: Options): Promise<number> {
  const found = await chosenNetwork(name, given(options));
  const planned = found._tag === "Left" ? found : plan(found.right.net, found.right.input);
  if (planned._tag === "Left") {
    reportProblems(`cannot summarise ${name}`, planned.left);
    return EXIT.failed;
  }
  const output = standardOutput();
  output.write(await printed(planned.right, name, { width: output.columns(), ...options }));
  return EXIT.done;
}

/** What a step of training takes, with the optimiser that training has by default. */
async function needs(plan: Plan, batch: number): Promise<TrainingNeeds> {
  const { trainingNeeds } = await import("../../dsl/interpreters/counts/training_cost.ts");
  return trainingNeeds(plan, { batch, optimizer: { kind: "sgd" } });
}

async function printed(plan: Plan, name: string, options: Options): Promise<string> {
  const { format = "text", convention = "netfold", depth, columns, batch, width } = options;
  const training = batch === undefined ? {} : { training: await needs(plan, batch) };
  const shown: SummaryOptions = {
    name,
    convention,
    ...training,
    ...(depth === undefined ? {} : { depth }),
    ...(columns === undefined ? {} : { columns }),
    ...(width === undefined ? {} : { width }),
  };
  switch (format) {
    case "text":
      return renderSummary(plan, shown);
    case "markdown":
      return (await import("../../dsl/interpreters/summary/markdown.ts")).summaryMarkdown(
        plan,
        shown,
      );
    case "csv":
      return (await import("../../dsl/interpreters/summary/csv.ts")).summaryCsv(plan, shown);
    case "json":
      return `${JSON.stringify(summarize(plan, name, shown), undefined, 2)}\n`;
  }
}

async function printZoo({ format = "text", ...options }: Options): Promise<number> {
  const { zooEntries } = await import("../networks/zoo_list.ts");
  const entries = zooEntries(given(options));
  if (entries._tag === "Left") {
    reportProblems("cannot list the zoo", entries.left);
    return EXIT.failed;
  }
  const { printedZoo } = await import("./zoo.ts");
  standardOutput().write(printedZoo(entries.right, format));
  return EXIT.done;
}

async function argumentsOf(args: readonly string[]): Promise<SummaryArguments> {
  const plain = scan(args, SUMMARY_READERS);
  if (plain !== undefined && plain.words.length <= 1) {
    return { net: plain.words[0], options: plain.options };
  }
  const { parseSummaryArguments } = await import("./options.ts");
  return parseSummaryArguments(args);
}

/** What was chosen of a network in the zoo. */
function given({ input, classes }: Options): ZooOptions {
  return {
    ...(input === undefined ? {} : { input }),
    ...(classes === undefined ? {} : { classes }),
  };
}
