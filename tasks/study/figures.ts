/** The pictures of a study, made of its results alone. */
import { refused, type Result } from "../fp.ts";
import { wrapped } from "../../dsl/problem/wrap.ts";
import { type ChartWords, comparisonSvg } from "../charts/comparison_chart.ts";
import { type Series, type SeriesPoint, seriesSvg } from "../charts/series_chart.ts";
import type { ArmResult, StudyResults } from "./results.ts";
import { protocolText } from "./table.ts";

/** Draws a study's picture; fails when no run has ended yet. */
export function figureSvg(results: StudyResults): Promise<Result<string>> {
  const words: ChartWords = {
    title: results.title,
    subtitle: [results.source, protocolText(results), ...results.notes]
      .flatMap((line) => wrapped(line, LINE)),
    apart: results.scale !== "paper",
  };
  if (results.arms.every(({ error }) => error === undefined)) {
    return Promise.resolve(
      refused({ path: results.study, layer: "study", code: "nothing-to-show" }, {
        rule: "a picture shows at least one run that has ended",
        got: "none",
        wanted: "a run with a test error",
        hint: "run the study first",
      }),
    );
  }
  switch (results.figure) {
    case "comparison":
      return comparisonSvg(results.arms.map(compared), words);
    case "noise":
      return seriesSvg(noiseSeries(results.arms), {
        ...words,
        x: "wrong training labels, %",
        y: "test error, %",
      });
    case "response":
      return seriesSvg(results.arms.map(responseSeries), {
        ...words,
        x: "stage",
        y: "mean absolute response, first stage = 1",
        log: true,
        // Shares of a first stage's are comparable whatever the training.
        apart: false,
      });
    default:
      return results.figure satisfies never;
  }
}

function compared({ title, seeds, error, paper }: ArmResult) {
  const failed = error === undefined && seeds.length > 0;
  return {
    title: failed ? `${title}, diverged` : title,
    errors: seeds.flatMap(({ error }) => error === undefined ? [] : [error]),
    ...error,
    paper,
  };
}

/** A line for each network, a point for each level of noise. */
function noiseSeries(arms: readonly ArmResult[]): readonly Series[] {
  const networks = [...new Set(arms.map(({ factors }) => `${factors.network ?? ""}`))];
  return networks.map((network) => {
    const own = arms.filter(({ factors }) => `${factors.network ?? ""}` === network);
    const at = ({ factors }: ArmResult): number => Number(factors.noise ?? NaN);
    return {
      title: network,
      points: own.flatMap((arm) => arm.error === undefined ? [] : [{ x: at(arm), ...arm.error }]),
      paper: own.flatMap((arm) => arm.paper === undefined ? [] : [{ x: at(arm), mean: arm.paper }]),
    };
  });
}

function responseSeries({ title, response = [], paperResponse = [] }: ArmResult): Series {
  return {
    title,
    points: response.map((stage, i): SeriesPoint => ({ x: i + 1, ...stage })),
    paper: paperResponse.map((mean, i) => ({ x: i + 1, mean })),
  };
}

/** Characters that fit above a chart. */
const LINE = 96;
