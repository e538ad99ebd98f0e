/**
 * Charts without a browser: a Vega-Lite description in, SVG out. The libraries
 * are loaded on the first chart; they need no permission and no network.
 */
import type { Config } from "vega";
import type { TopLevelSpec } from "vega-lite";
import project from "../../deno.json" with { type: "json" };
import { printableLines } from "../../dsl/problem/escape.ts";
import { refused, type Result, right } from "../fp.ts";
import { displayWidth } from "../terminal/width.ts";
import { DARK_STYLE, themed } from "./theme.ts";
import { EM_PER_COLUMN } from "./labels.ts";
import type { ChartWidth } from "./width.ts";

const CONFIG: NonNullable<TopLevelSpec["config"]> = {
  aria: false,
  font: "Helvetica, Arial, sans-serif",
  title: {
    anchor: "start",
    fontSize: 16,
    subtitleFontSize: 12,
    color: themed("text"),
    subtitleColor: themed("words"),
    subtitlePadding: 4,
    offset: 12,
  },
  axis: {
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
    labelColor: themed("text"),
    titleColor: themed("text"),
    gridColor: themed("grid"),
    domainColor: themed("axis"),
    tickColor: themed("axis"),
  },
  legend: {
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: "normal",
    labelColor: themed("text"),
    titleColor: themed("text"),
  },
  view: { stroke: null },
};

// Looked up at run time: Deno would resolve the 78 packages of Vega whenever a program starts, were
// their names written into the imports.
export const VEGA: string = project.imports.vega;
/** Likewise. */
export const VEGA_LITE: string = project.imports["vega-lite"];

/** Legends above each other, where there is no room for them side by side. */
const STACKED: Config = {
  legend: { layout: { top: { anchor: "start", direction: "vertical", margin: 2 } } },
};

/** What stands around a chart, in pixels. */
const PADDING: Readonly<Record<ChartWidth, number>> = { wide: 16, narrow: 6 };

/**
 * Renders a chart in the style of all charts: on white, or dark where its reader's pages are. A
 * narrow one is shown in its own size on a telephone, where letters of 12 pixels can be read.
 */
export async function renderSvg(
  own: TopLevelSpec,
  width: ChartWidth = "wide",
): Promise<Result<string>> {
  const loaded = await loadVega();
  if (loaded._tag === "Left") return loaded;
  const { vega, vegaLite } = loaded.right;
  const { spec } = vegaLite.compile({
    background: themed("background"),
    padding: PADDING[width],
    config: CONFIG,
    ...own,
  });
  const view = new vega.View(vega.parse(spec, width === "narrow" ? STACKED : {}), {
    renderer: "none",
    logLevel: vega.Error,
  });
  const svg = await view.toSVG();
  view.finalize();
  return right(printableLines(svg.replace(/^<svg[^>]*>/, (tag) => tag + DARK_STYLE)));
}

interface Libraries {
  readonly vega: typeof import("vega");
  readonly vegaLite: typeof import("vega-lite");
}

/** Loads Vega, which Deno fetches where it is not in its cache. */
export async function loadVega(): Promise<Result<Libraries>> {
  try {
    const [vega, vegaLite]: readonly [Libraries["vega"], Libraries["vegaLite"]] = await Promise.all(
      [
        import(VEGA),
        import(VEGA_LITE),
      ],
    );
    measureText(vega);
    return right({ vega, vegaLite });
  } catch (error) {
    return refused({ path: "vega", layer: "package", code: "package-missing" }, {
      rule: "the packages that draw charts must load",
      got: error instanceof Error ? error.message : String(error),
      wanted: "the packages vega and vega-lite",
      hint: "run once with a network, so that Deno can fetch them",
    });
  }
}

/** The part of Vega that says how wide text is; its types do not mention it. */
interface TextMetrics {
  width: (item: TextItem, text: unknown) => number;
}

interface TextItem {
  readonly fontSize?: number;
  readonly limit?: number;
}

/**
 * Without a browser Vega guesses that letters are 0.8 em wide, which leaves
 * gaps around every label; those of common sans-serif fonts are narrower.
 */
function measureText(vega: object): void {
  const metrics = "textMetrics" in vega ? vega.textMetrics : undefined;
  if (!isTextMetrics(metrics)) return;
  metrics.width = ({ fontSize = 11, limit = 0 }, text) => {
    const width = displayWidth(`${text ?? ""}`) * EM_PER_COLUMN * fontSize;
    return limit > 0 ? Math.min(limit, width) : width;
  };
}

function isTextMetrics(value: unknown): value is TextMetrics {
  return typeof value === "object" && value !== null && "width" in value;
}
