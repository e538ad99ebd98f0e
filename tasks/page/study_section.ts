/** A study as a section of a report. */
import { join } from "@std/path";
import { attempt, orThrow, type Result } from "../fp.ts";
import { readMetrics } from "../files/metrics.ts";
import { figureSvg } from "../study/figures.ts";
import type { ArmResult } from "../study/results.ts";
import { readPublished } from "../study/results_file.ts";
import { commandText, protocolText, resultsCells } from "../study/table.ts";
import { count } from "../terminal/format.ts";
import { openRunIn } from "../training/config.ts";
import { epochsOf } from "../training/record.ts";
import { folded, htmlTable, list, paragraph, picture, preformatted, type Section } from "./html.ts";
import { curvesPart, masksPart, networkPart, optionsPart, type PageOptions } from "./parts.ts";

/** A study's section: its question, its table, its picture, and its arms one by one. */
export function studySection(folder: string, options: PageOptions): Promise<Result<Section>> {
  return attempt(async () => {
    const results = orThrow(await readPublished(folder));
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
  const losses = ["test loss", "training loss"];
  return htmlTable(["arm", "seed", "error %", "top-5 error %", ...losses, "seconds"], rows);
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
  const { run, config } = orThrow(await openRunIn(options, path));
  const epochs = epochsOf(orThrow(await readMetrics(run)));
  return folded(
    title,
    [
      await curvesPart(run, config, `${title}, seed ${first.seed}, ${scale} scale`),
      options.measure
        ? await masksPart(path, config, { ...options, images: options.images.slice(0, 1) })
        : "",
      await networkPart(config),
      optionsPart(config, epochs),
    ].filter((part) => part !== "").join("\n"),
  );
}
