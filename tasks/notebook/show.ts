/** What can be shown: networks, plans, differences, pictures of runs and studies. */
import { diagram } from "../../dsl/interpreters/diagram/diagram.ts";
import type { FoldOptions } from "../../dsl/interpreters/diagram/fold.ts";
import { diff } from "../../dsl/interpreters/diff/diff.ts";
import { type DiffTextOptions, renderDiff } from "../../dsl/interpreters/diff/text.ts";
import { renderSummary, type SummaryOptions } from "../../dsl/interpreters/summary/text.ts";
import { isNet, type Net } from "../../dsl/net/net.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { xml } from "../../dsl/problem/escape.ts";
import { expected, fieldsOf, listOf, OPTIONS, TEXT } from "../../dsl/problem/expect.ts";
import { confusionOf } from "../charts/confusion.ts";
import { confusionSvg } from "../charts/confusion_chart.ts";
import { confusionText } from "../charts/confusion_text.ts";
import { attempt, orThrow, type Result } from "../fp.ts";
import type { MaskSheet } from "../masks/draw.ts";
import { htmlTable, paragraph, picture, preformatted } from "../page/html.ts";
import { figureSvg } from "../study/figures.ts";
import type { StudyResults } from "../study/results.ts";
import { protocolText, resultsCells, resultsText } from "../study/table.ts";
import type { Evaluation } from "../training/evaluate.ts";
import { runCurves } from "../training/run_curves.ts";
import { openNamedRun } from "../training/trained.ts";
import { lineOf } from "./line.ts";
import { type Shown, shown } from "./shown.ts";
import { summaryHtml } from "./summary_html.ts";

const [HTML, SVG] = ["text/html", "image/svg+xml"] as const;

const WIDTH = 80;

const EVALUATION = fieldsOf(["labels", "predictions", "classes"], "what evaluate gives");

const SHEETS = listOf(fieldsOf(["name", "svg"], "a sheet of masks"));

const RESULTS = fieldsOf(["title", "question", "arms"], "the results of a study");

function isPlan(value: Net | Plan): value is Plan {
  return typeof value === "object" && value !== null && "input" in value && "output" in value;
}

/**
 * A network in one line, or a planned one as the table of its summary.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { chain } from "@netfold/netfold";
 * import { conv, globalAveragePool } from "@netfold/netfold/layers";
 * import { show } from "@netfold/netfold/notebook";
 *
 * const net = chain(conv(8), globalAveragePool());
 * assertEquals(Deno.inspect(show(net)), "network of 2 layers: conv, global_average_pool");
 * ```
 */
export function show(value: Net | Plan, options: SummaryOptions = {}): Shown {
  if (isPlan(value)) {
    return shown({ [HTML]: summaryHtml(value, options) }, renderSummary(value, options));
  }
  const line = lineOf(expected(value, { fits: isNet, wanted: "a network, or the plan of one" }));
  return shown({ [HTML]: `<code>${xml(line)}</code>` }, line);
}

/** A network as a diagram, in a console as text that names its parts. */
export async function showDiagram(
  plan: Plan,
  options: FoldOptions & { readonly title?: string } = {},
): Promise<Shown> {
  expected(options, OPTIONS, "options");
  const svg = await diagram(plan, { ...options, format: "svg" });
  return shown({ [SVG]: svg }, diagram(plan, { ...options, format: "mermaid" }));
}

/** What differs between two planned networks. */
export function showDiff(before: Plan, after: Plan, options: DiffTextOptions = {}): Shown {
  const text = renderDiff(diff(before, after), options);
  return shown({ [HTML]: preformatted(text) }, text);
}

/** The curves of a run, from its folder. Needs `--allow-read` for it. */
export function showCurves(folder: string): Promise<Result<Shown>> {
  return attempt(async () => {
    expected(folder, TEXT, "folder");
    const { run, config } = orThrow(await openNamedRun(folder, {}));
    const svg = orThrow(await runCurves(run, config));
    return shown({ [SVG]: svg }, `curves of ${folder}`);
  });
}

/** Which classes an evaluation takes for which, from `evaluate`. */
export function showConfusion(evaluation: Evaluation): Promise<Result<Shown>> {
  return attempt(async () => {
    const { labels, predictions, classes } = expected(evaluation, EVALUATION, "evaluation");
    const matrix = confusionOf(labels, predictions, classes.length);
    const svg = orThrow(await confusionSvg(matrix, classes));
    return shown({ [SVG]: svg }, confusionText(matrix, classes));
  });
}

/** Sheets of masks, from `drawMasks`. */
export function showMasks(sheets: readonly MaskSheet[]): Shown {
  expected(sheets, SHEETS, "sheets");
  const pictures = sheets.map(({ name, svg }) => picture(svg, `Masks on ${name}`));
  const names = sheets.map(({ name }) => name).join(", ");
  return shown({ [HTML]: pictures.join("\n") }, `masks on ${names}`);
}

/** What a study came to, a table and a picture, from `readResults` or `publish`. */
export function showStudy(results: StudyResults): Promise<Result<Shown>> {
  return attempt(async () => {
    expected(results, RESULTS, "results");
    const svg = orThrow(await figureSvg(results));
    const html = [
      paragraph(`${results.title}: ${results.question}`),
      paragraph(protocolText(results)),
      ...resultsCells(results).map(({ header, rows }) => htmlTable(header, rows)),
      picture(svg, results.title),
    ];
    return shown({ [HTML]: html.join("\n") }, resultsText(results, WIDTH));
  });
}
