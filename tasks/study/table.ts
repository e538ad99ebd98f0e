/** The results of a study as a table: for a terminal, and in Markdown. */
import { markdown, printable, shellWord } from "../../dsl/problem/escape.ts";
import { markdownTable } from "../../dsl/problem/markdown.ts";
import { wrapped } from "../../dsl/problem/wrap.ts";
import { count, magnitude } from "../terminal/format.ts";
import { table } from "../terminal/table.ts";
import type { ArmResult, Spread, StudyResults } from "./results.ts";
import { PROGRAM } from "../program_name.ts";

const HEADER = ["arm", "seeds", "test error %", "paper %", "parameters", "MACs"];

/** A mean and its spread: `5.52 ± 0.10`. */
function spreadText({ mean, deviation }: Spread, decimals = 2): string {
  const spread = deviation === undefined ? "" : ` ± ${deviation.toFixed(decimals)}`;
  return `${mean.toFixed(decimals)}${spread}`;
}

function row(arm: ArmResult): readonly string[] {
  const { title, seeds, error, paper, parameters, macs } = arm;
  const failed = seeds.filter(({ diverged }) => diverged !== undefined).length;
  return [
    title,
    failed === 0 ? `${seeds.length}` : `${seeds.length}, ${failed} diverged`,
    error === undefined ? "" : spreadText(error),
    paper === undefined ? "" : paper.toFixed(2),
    count(parameters),
    magnitude(macs),
  ];
}

/** The columns of responses, when there are any. */
function responseRows(arms: readonly ArmResult[]): readonly (readonly string[])[] {
  return arms.flatMap(({ title, response, paperResponse }) =>
    response === undefined ? [] : [[
      title,
      ...response.map((stage) => spreadText(stage, 3)),
      paperResponse?.join(" / ") ?? "",
    ]]
  );
}

function responseHeader(rows: readonly (readonly string[])[]): readonly string[] {
  const stages = (rows[0]?.length ?? 2) - 2;
  return ["mean response", ...Array.from({ length: stages }, (_, i) => `stage ${i + 1}`), "paper"];
}

/** One line on how the figures came about. */
export function protocolText(results: StudyResults): string {
  const { scale, seeds, testImages, data, done: [ended, all] } = results;
  const rest = ended < all ? `; ${ended} of ${all} runs have ended` : "";
  return `trained on ${data.join(" and ")} at the scale ${scale} with ${seeds} ${
    seeds === 1 ? "seed" : "seeds"
  }, measured on ${count(testImages)} test images${rest}`;
}

/** The command that comes to these results; the engine and the folder are not theirs. */
export function commandText({ study, scale, seeds, data }: StudyResults): string {
  const [main = "cifar10", cifar100] = data;
  return [
    `${PROGRAM} study ${shellWord(study)} --scale ${scale} --seeds ${seeds}`,
    ...(main === "cifar10" ? [] : [`--data ${shellWord(main)}`]),
    ...(cifar100 === undefined
      ? []
      : [`--cifar100 ${shellWord(cifar100.replace("cifar100:", ""))}`]),
  ].join(" ");
}

export function resultsCells(results: StudyResults): readonly {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}[] {
  const responses = responseRows(results.arms);
  return [
    { header: HEADER, rows: results.arms.map(row) },
    ...(responses.length === 0 ? [] : [{ header: responseHeader(responses), rows: responses }]),
  ];
}

export function resultsText(results: StudyResults, columns: number): string {
  const [main, responses] = resultsCells(results);
  const align = ["left", "left", "right", "right", "right", "right"] as const;
  return [
    printable(`${results.title}: ${results.question}`),
    printable(`${results.source}; ${protocolText(results)}`),
    "",
    table(main?.rows ?? [], { header: HEADER, align, columns }),
    ...(responses === undefined
      ? []
      : ["", table(responses.rows, { header: responses.header, columns })]),
    ...(results.notes.length === 0
      ? []
      : ["", "not as in the paper, or good to know:", ...results.notes.flatMap(indented(columns))]),
  ].join("\n");
}

/** Items in Markdown, which may hold some of their own. */
function listed(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [title, "", ...items.map((item) => `- ${printable(item)}`), ""];
}

/** A sentence in lines that fit a terminal, further in than what is around it. */
export function indented(columns: number): (text: string) => readonly string[] {
  return (text) => wrapped(printable(text), columns - 2).map((line) => `  ${line}`);
}

export function resultsMarkdown(results: StudyResults, figures: readonly string[]): string {
  const title = markdown(results.title);
  return [
    `# ${title}`,
    "",
    markdown(results.question),
    "",
    `${
      markdown(`${results.source}; ${protocolText(results)}`)
    }. Errors are means over the seeds ± one standard ` +
    "deviation.",
    "",
    ...resultsCells(results).map(({ header, rows }) =>
      markdownTable(header, rows.map((row) => row.map(markdown)), (i) => i === 0)
    ),
    ...figures.flatMap((figure) => [`![${title}](${figure})`, ""]),
    ...listed("Not as in the paper, or good to know:", results.notes),
    ...listed("Ran with:", results.versions),
    "```sh",
    commandText(results),
    "```",
    "",
  ].join("\n");
}
