/** Several runs side by side: one picture of their curves, and a table of what tells them apart. */
import { basename } from "@std/path";
import { attempt, orThrow, type Result } from "../fp.ts";
import { MOST_RUNS, type RunCurves, runsSvg } from "../charts/runs_chart.ts";
import { readMetrics } from "../files/metrics.ts";
import { readSteps } from "../files/steps.ts";
import { listedRun } from "../runs/listed.ts";
import { apart } from "../runs/settings.ts";
import { cellsOf } from "../runs/view.ts";
import { epochsOf } from "../training/record.ts";
import { openNamedRun } from "../training/trained.ts";
import { htmlTable, picture, type Section } from "./html.ts";
import type { PageOptions } from "./parts.ts";

const HEADER = ["run", "network", "data", "epochs", "held out", "test", "trained for"];

/** A section of several runs. */
export function togetherSection(
  folders: readonly string[],
  options: PageOptions,
): Promise<Result<Section>> {
  return attempt(async () => {
    const opened = await Promise.all(
      folders.map(async (folder) => orThrow(await openNamedRun(folder, options)).run),
    );
    const listed = await Promise.all(
      opened.map(async ({ folder }) => orThrow(await listedRun(folder))),
    );
    const told = apart(listed.map(({ settings }) => settings));
    const rows = listed.map((run, i) => {
      const [, ...reached] = cellsOf(run);
      return [
        folders[i] ?? "",
        run.network,
        run.data,
        ...reached,
        (told[i] ?? []).join(", "),
      ];
    });
    const titles = titlesOf(folders);
    const curves = await Promise.all(opened.map(async (run, i): Promise<RunCurves> => ({
      title: titles[i] ?? "",
      steps: orThrow(await readSteps(run)),
      epochs: epochsOf(orThrow(await readMetrics(run))),
    })));
    const drawn = curves.filter(({ steps, epochs }) => steps.length + epochs.length > 0);
    const pictures: string[] = [];
    for (let first = 0; first < drawn.length; first += MOST_RUNS) {
      const some = drawn.slice(first, first + MOST_RUNS);
      const alt = `Curves of ${some.map(({ title }) => title).join(", ")}`;
      const narrow = orThrow(await runsSvg(some, "narrow"));
      pictures.push(picture(orThrow(await runsSvg(some)), alt, { narrow }));
    }
    const last = HEADER.length;
    const table = htmlTable([...HEADER, "what tells it apart"], rows, [0, 1, 2, last]);
    return { title: "The runs side by side", content: [...pictures, table].join("\n") };
  });
}

/** The names of folders where these differ, else their paths. */
function titlesOf(folders: readonly string[]): readonly string[] {
  const names = folders.map((folder) => basename(folder));
  return new Set(names).size === names.length ? names : folders;
}
