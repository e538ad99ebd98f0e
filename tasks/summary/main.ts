/**
 * `deno task summary NET`: a network's layers, shapes, parameters and costs, as
 * a table, as Markdown, CSV or JSON. It loads nothing that it does not need for that, so it
 * starts about as fast as Deno.
 */
import type { TrainingNeeds } from "../../dsl/interpreters/counts/training_cost.ts";
import type { SummaryOptions } from "../../dsl/interpreters/summary/rows.ts";
import { summarize } from "../../dsl/interpreters/summary/summary.ts";
import { renderSummary } from "../../dsl/interpreters/summary/text.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { argumentsOf } from "../cli/arguments.ts";
import { EXIT } from "../cli/exit.ts";
import { reporting, runTask } from "../cli/task.ts";
import { plannedNetwork } from "../networks/networks.ts";
import { standardOutput } from "../terminal/terminal.ts";
import { type SummaryArguments, summaryCommand } from "./options.ts";

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const given = await argumentsOf(summaryCommand, args);
  return given.net === undefined ? await printZoo(given) : await printNetwork(given.net, given);
}

async function printNetwork(name: string, given: SummaryArguments): Promise<number> {
  const { input, classes } = given;
  return await reporting(`summarise ${name}`, async () => {
    const planned = orThrow(await plannedNetwork(name, defined({ input, classes })));
    const output = standardOutput();
    output.write(await printed(planned, name, { width: output.columns(), ...given }));
    return EXIT.done;
  });
}

/** What a step of training takes, with the optimiser that training has by default. */
async function needs(plan: Plan, batch: number): Promise<TrainingNeeds> {
  const { trainingNeeds } = await import("../../dsl/interpreters/counts/training_cost.ts");
  return trainingNeeds(plan, { batch, optimizer: { kind: "sgd" } });
}

async function printed(plan: Plan, name: string, given: SummaryArguments): Promise<string> {
  const { format = "text", convention = "netfold", batch, depth, columns, width } = given;
  const training = batch === undefined ? {} : { training: await needs(plan, batch) };
  const shown: SummaryOptions = {
    name,
    convention,
    ...training,
    ...defined({ depth, columns, width }),
  };
  switch (format) {
    case "text":
      return renderSummary(plan, shown);
    case "markdown": {
      const { summaryMarkdown } = await import("../../dsl/interpreters/summary/markdown.ts");
      return summaryMarkdown(plan, shown);
    }
    case "csv":
      return (await import("../../dsl/interpreters/summary/csv.ts")).summaryCsv(plan, shown);
    case "json":
      return `${
        JSON.stringify(summarize(plan, name, { convention, ...training }), undefined, 2)
      }\n`;
    default:
      return format satisfies never;
  }
}

async function printZoo({ format = "text", input, classes }: SummaryArguments): Promise<number> {
  const { printedZoo, zooEntries } = await import("./zoo.ts");
  return await reporting("list the zoo", () => {
    const entries = orThrow(zooEntries(defined({ input, classes })));
    standardOutput().write(printedZoo(entries, format));
    return EXIT.done;
  });
}
