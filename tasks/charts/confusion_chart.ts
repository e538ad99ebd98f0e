/**
 * The confusion matrix as a heat map in SVG. Colour and numbers are shares of the true class's
 * images; beyond thirty classes the numbers are left out, since nobody could read them.
 */
import type { Result } from "../fp.ts";
import { count, percent } from "../terminal/format.ts";
import type { ConfusionMatrix } from "./confusion.ts";
import { accuracyOf, checkNames, countAt, imagesOf, rowSums } from "./confusion.ts";
import { renderSvg } from "./_vega.ts";
import { labelsIn } from "./labels.ts";

interface Cell {
  readonly truth: number;
  readonly predicted: number;
  readonly share: number;
  readonly label: string;
}

const MOST_NUMBERED = 30;
/** From no images to all of a class's. */
const SHADES = ["#f7fbff", "#c6dbef", "#6baed6", "#2171b5", "#08306b"] as const;

/**
 * Draws the matrix.
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { orThrow } from "../../dsl/problem/throw.ts";
 * import { confusionOf } from "./confusion.ts";
 * import { confusionSvg } from "./confusion_chart.ts";
 *
 * const matrix = confusionOf([0, 0, 1, 1], [0, 1, 1, 1], 2);
 * const svg = orThrow(await confusionSvg(matrix, ["cat", "dog"]));
 * assertStringIncludes(svg, "75.00 %");
 * ```
 *
 * @throws {RangeError} When there is not a name for each class.
 */
export function confusionSvg(
  matrix: ConfusionMatrix,
  names: readonly string[],
): Promise<Result<string>> {
  checkNames(matrix, names);
  const { classes } = matrix;
  const numbered = classes <= MOST_NUMBERED;
  const step = classes <= 12 ? 44 : numbered ? 30 : 10;
  const fontSize = numbered ? 12 : 8;
  const axis = {
    labelExpr: "names[datum.value]",
    labelFontSize: fontSize,
    labelLimit: 0,
    labelOverlap: false,
    ticks: false,
    domain: false,
    grid: false,
    titlePadding: 6,
  } as const;
  const domain = Array.from({ length: classes }, (_, i) => i);
  const share = { field: "share", type: "quantitative" } as const;
  return renderSvg({
    title: {
      text: `Accuracy ${percent(accuracyOf(matrix))}`,
      subtitle: [
        `${count(imagesOf(matrix))} images, ${classes} classes`,
        numbered
          ? "numbers: percent of the true class's images"
          : "colour: share of the true class's images",
      ],
    },
    params: [{ name: "names", value: [...labelsIn(names, 220, fontSize)] }],
    width: { step },
    height: { step },
    view: { fill: SHADES[0] },
    data: { values: [...cellsOf(matrix)] },
    encoding: {
      x: {
        field: "predicted",
        type: "ordinal",
        scale: { domain, padding: 0 },
        axis: {
          ...axis,
          title: "predicted class",
          orient: "bottom",
          labelAngle: numbered && classes <= 12 ? -45 : -90,
          labelAlign: "right",
          labelBaseline: "middle",
        },
      },
      y: {
        field: "truth",
        type: "ordinal",
        scale: { domain, padding: 0 },
        axis: { ...axis, title: "true class" },
      },
    },
    layer: [
      {
        mark: { type: "rect", stroke: "white", strokeWidth: numbered ? 1 : 0 },
        encoding: {
          color: {
            ...share,
            // Errors are small shares; the square root lets them be seen.
            scale: { type: "sqrt", domain: [0, 1], range: [...SHADES] },
            legend: {
              title: "share",
              format: ".0%",
              values: [0.01, 0.05, 0.2, 0.5, 1],
              gradientLength: Math.min(200, Math.max(80, classes * step - 20)),
            },
          },
        },
      },
      ...(numbered
        ? [{
          mark: { type: "text", fontSize: step >= 44 ? 12 : 10 } as const,
          encoding: {
            text: { field: "label", type: "nominal" } as const,
            color: { condition: { test: "datum.share > 0.35", value: "white" }, value: "#222222" },
          },
        }]
        : []),
    ],
  });
}

/** The cells that hold images; the others show the background. */
function cellsOf(matrix: ConfusionMatrix): readonly Cell[] {
  const rows = rowSums(matrix);
  return rows.flatMap((images, truth) =>
    rows.flatMap((_, predicted) => {
      const share = countAt(matrix, truth, predicted) / images;
      return share > 0 ? [{ truth, predicted, share, label: labelOf(share) }] : [];
    })
  );
}

function labelOf(share: number): string {
  const hundredths = share * 100;
  return hundredths < 9.95 && share < 1 ? hundredths.toFixed(1) : hundredths.toFixed(0);
}
