/** A study as a section of a report. */
import { join } from "@std/path";
import { attempt, orThrow } from "../../dsl/problem/throw.ts";
import { fail, type Result, right } from "../../dsl/problem/result.ts";
import { readJson } from "../files/atomic.ts";
import { isJsonObject, type Json } from "../files/json.ts";
import { readMetrics } from "../files/metrics.ts";
import { openRun } from "../files/run_folder.ts";
import { curvesSvg } from "../charts/curves.ts";
import { figureSvg } from "../study/figures.ts";
import type { ArmResult, StudyResults } from "../study/results.ts";
import { commandText, protocolText, resultsCells } from "../study/table.ts";
import { count } from "../terminal/format.ts";
import { configFromJson } from "../training/config.ts";
import { epochsOf } from "../training/record.ts";
import { folded, htmlTable, list, paragraph, picture, preformatted, type Section } from "./html.ts";
import { masksPart, networkPart, optionsPart, type PageOptions } from "./parts.ts";

/** A study's section: its question, its table, its picture, and its arms one by one. */
export function studySection(folder: string, options: PageOptions): Promise<Result<Section>> {
  return attempt(async () => {
    const results = orThrow(await readStudy(folder));
    const drawable = results.arms.some(({ error }) => error !== undefined);
    const tables = resultsCells(results);
    const arms: string[] = [];
    for (const arm of results.arms) arms.push(await armPart(folder, arm, results.scale, options));
    const content = [
      paragraph(results.question),
      paragraph(
        `${results.source}; ${protocolText(results)}. Errors are means over the seeds ± one ` +
          "standard deviation.",
      ),
      ...tables.map(({ header, rows }) => htmlTable(header, rows)),
      drawable ? picture(orThrow(await figureSvg(results)), results.title) : "",
      results.notes.length === 0 ? "" : paragraph("Not as in the paper, or good to know:"),
      list(results.notes),
      folded("Every run", seedTable(results.arms)),
      ...arms,
      paragraph("Ran with:"),
      list(results.versions),
      preformatted(commandText(results)),
    ];
    return {
      title: `${results.title}, ${results.scale} scale`,
      content: content.filter((part) => part !== "").join("\n"),
    };
  });
}

async function readStudy(folder: string): Promise<Result<StudyResults>> {
  const path = join(folder, "results.json");
  const json = await readJson(path);
  if (json._tag === "Left") return json;
  const { right: value } = json;
  // `publish` wrote it from the runs' files.
  if (isResults(value)) return right(value as unknown as StudyResults);
  return fail({
    path,
    layer: "study",
    code: "not-results",
    rule: "the file holds the results of a study",
    got: "something else",
    wanted: "what deno task study wrote",
    hint: "run the study again; what has ended is not done again",
  });
}

function isResults(json: Json): boolean {
  if (!isJsonObject(json)) return false;
  const { study, title, question, source, scale, figure, testImages, seeds, done } = json;
  const { data, notes, versions, arms } = json;
  return [study, title, question, source, scale, figure].every(isText) &&
    [testImages, seeds].every(isNumber) && isListOf(done, isNumber) &&
    [data, notes, versions].every((list) => isListOf(list, isText)) && isListOf(arms, isArm);
}

function isArm(json: Json): boolean {
  if (!isJsonObject(json)) return false;
  const { name, title, factors, parameters, macs, seeds } = json;
  return [name, title].every(isText) && [parameters, macs].every(isNumber) &&
    isJsonObject(factors) &&
    isListOf(seeds, (seed) => isJsonObject(seed) && isText(seed.run) && isNumber(seed.seed));
}

const isText = (json: Json | undefined): boolean => typeof json === "string";
const isNumber = (json: Json | undefined): boolean => typeof json === "number";

function isListOf(json: Json | undefined, isOne: (item: Json) => boolean): boolean {
  return Array.isArray(json) && json.every(isOne);
}

function seedTable(arms: readonly ArmResult[]): string {
  const rows = arms.flatMap(({ title, seeds }) =>
    seeds.map(({ seed, error, top5Error, testLoss, trainLoss, seconds, diverged }) => [
      title,
      `${seed}`,
      diverged === undefined ? error?.toFixed(2) ?? "" : "diverged",
      top5Error?.toFixed(2) ?? "",
      testLoss?.toFixed(3) ?? "",
      trainLoss?.toFixed(3) ?? "",
      seconds === undefined ? "" : count(seconds),
    ])
  );
  const header = [
    "arm",
    "seed",
    "error %",
    "top-5 error %",
    "test loss",
    "training loss",
    "seconds",
  ];
  return htmlTable(header, rows);
}

/** An arm, shown by its first run. */
async function armPart(
  folder: string,
  { title, seeds }: ArmResult,
  scale: string,
  options: PageOptions,
): Promise<string> {
  const first = seeds.find(({ diverged }) => diverged === undefined);
  if (first === undefined) return folded(title, paragraph("No run of this arm has ended."));
  const path = join(folder, first.run);
  const { run, config } = orThrow(await openRun(path, configFromJson));
  const epochs = epochsOf(orThrow(await readMetrics(run)));
  const curves = await curvesSvg(
    epochs.map(({ rate, ...figures }) => ({ ...figures, learningRate: rate })),
    { title: `${title}, seed ${first.seed}, ${scale} scale` },
  );
  return folded(
    title,
    [
      picture(orThrow(curves), `Curves of ${path}`),
      options.measure
        ? await masksPart(path, config, { ...options, images: options.images.slice(0, 1) })
        : "",
      await networkPart(config),
      optionsPart(config, epochs),
    ].filter((part) => part !== "").join("\n"),
  );
}
