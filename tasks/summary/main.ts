/**
 * `deno task summary NET`: a network's layers, shapes, parameters and costs, or
 * the counts of several networks, as a table, as Markdown, CSV or JSON. It loads
 * nothing that it does not need for that, so it starts about as fast as Deno.
 */
import type { TrainingNeeds } from "../../dsl/interpreters/counts/training_cost.ts";
import type { SummaryOptions } from "../../dsl/interpreters/summary/rows.ts";
import { summarize } from "../../dsl/interpreters/summary/summary.ts";
import { renderSummary } from "../../dsl/interpreters/summary/text.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { ZOO_NAMES } from "../../nets/zoo.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { type Run, runner } from "../cli/arguments.ts";
import { plannedNetwork } from "../networks/networks.ts";
import { checkPattern, namesLike } from "../networks/pattern.ts";
import { later } from "../later.ts";
import { standardOutput } from "../terminal/terminal.ts";
import { type SummaryArguments, summaryCommand } from "./options.ts";

type Zoo = typeof import("./zoo.ts");
type TrainingCost = typeof import("../../dsl/interpreters/counts/training_cost.ts");

export const run: Run = runner(
  summaryCommand,
  ({ net }) => net ? `summarise ${net}` : "list the zoo",
  main,
);

async function main(given: SummaryArguments): Promise<void> {
  const { net, input, classes, format = "text" } = given;
  const output = standardOutput();
  const width = given.width ?? output.columns();
  const options = defined({ input, classes });
  const names = net === undefined ? ZOO_NAMES : namesLike(net);
  if (net === undefined || names.length > 0) {
    const { printedZoo, zooEntries } = await later<Zoo>("./zoo.ts", import.meta.url);
    output.write(printedZoo(orThrow(zooEntries(names, options)), { format, width }));
  } else {
    orThrow(checkPattern(net));
    const planned = orThrow(
      await plannedNetwork(net, { ...options, ...defined({ language: given.language }) }),
    );
    output.write(await printed(planned, net, { ...given, width }));
  }
}

/** What a step of training takes, with the optimiser that training has by default. */
async function needs(plan: Plan, batch: number): Promise<TrainingNeeds> {
  const { trainingNeeds } = await later<TrainingCost>(
    "../../dsl/interpreters/counts/training_cost.ts",
    import.meta.url,
  );
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
