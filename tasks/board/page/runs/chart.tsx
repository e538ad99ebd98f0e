/** A chart of lines by the step, drawn by uPlot: dragging over it shows a part, a double click all. */
import { type Signal, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import uPlot from "uplot";
import { count } from "../../../terminal/format.ts";
import type { Line, Lines } from "./lines.ts";
import { thinned } from "./thinned.ts";

interface ChartProps {
  readonly title: string;
  readonly lines: readonly Lines[];
  /** A value as people read it. */
  readonly format: (value: number) => string;
  /** The steps that are shown, all when nothing is said; dragging over the chart sets it. */
  readonly shown: Signal<readonly [number, number] | undefined>;
}

const HEIGHT = 240;
const dark = matchMedia("(prefers-color-scheme: dark)");

export function Chart({ title, lines, format, shown }: ChartProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const said = useSignal("");
  const flat = lines.flatMap((some) => some.lines);
  const part = shown.value;
  const data = useMemo(
    () => uPlot.join(lines.map((some) => tableOf(thinned(some, part)))),
    [lines, part],
  );
  const shape = JSON.stringify(flat.map(({ id, colour, kind }) => [id, colour, kind]));
  useEffect(() => {
    const host = place.current;
    if (host === null) return;
    const make = () => {
      plot.current?.destroy();
      const say = (text: string) => said.value = text;
      const options = optionsOf(host.clientWidth, flat, { format, shown, say });
      plot.current = new uPlot(options, plot.current?.data ?? data, host);
    };
    make();
    const resized = new ResizeObserver(() =>
      plot.current?.setSize({ width: host.clientWidth, height: HEIGHT })
    );
    resized.observe(host);
    dark.addEventListener("change", make);
    return () => {
      dark.removeEventListener("change", make);
      resized.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape]);
  useEffect(() => plot.current?.setData(data), [data]);
  return (
    <figure class="chart">
      <figcaption>
        {title} <span class="said">{said}</span>
      </figcaption>
      <div ref={place} role="img" aria-label={`${title} by the step: ${lastOf(flat, format)}`} />
    </figure>
  );
}

function tableOf({ steps, lines }: Lines): uPlot.AlignedData {
  return [[...steps], ...lines.map(({ values }) => [...values])];
}

function lastOf(lines: readonly Lines["lines"][number][], format: ChartProps["format"]): string {
  return lines.filter(({ kind }) => kind !== "measured").map(({ id, kind, values }) =>
    `${id}${kind === "held out" ? ", held out" : ""} ${format(values.at(-1) ?? NaN)}`
  ).join("; ");
}

function optionsOf(
  width: number,
  lines: readonly Line[],
  { format, shown, say }: Pick<ChartProps, "format" | "shown"> & {
    readonly say: (text: string) => void;
  },
): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const axis = {
    stroke: style.getPropertyValue("--words"),
    grid: { stroke: style.getPropertyValue("--line"), width: 1 },
    ticks: { stroke: style.getPropertyValue("--line"), width: 1 },
    font: "12px Helvetica, Arial, sans-serif",
  };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    scales: { x: { time: false, range: (_, from, to) => [...shown.peek() ?? [from, to]] } },
    axes: [
      {
        ...axis,
        values: (_, ticks) => ticks.map((step) => Number.isInteger(step) ? count(step) : ""),
      },
      { ...axis, size: 62, values: (_, ticks) => ticks.map(format) },
    ],
    series: [
      {},
      ...lines.map(({ colour, kind }): uPlot.Series => ({
        stroke: colour,
        width: kind === "measured" ? 1 : 2,
        alpha: kind === "measured" ? 0.3 : 1,
        spanGaps: kind === "held out",
        ...(kind === "held out"
          ? { dash: [6, 3], points: { show: true, size: 6, fill: colour } }
          : { points: { fill: colour } }),
      })),
    ],
    cursor: {
      sync: { key: "steps" },
      drag: { x: true, y: false, setScale: false },
      bind: { dblclick: () => () => (shown.value = undefined, null) },
    },
    hooks: {
      setSelect: [(plot) => {
        const { left, width } = plot.select;
        if (width > 0) shown.value = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
        plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      }],
      setCursor: [
        ({ cursor: { idx }, data }) => say(idx == null ? "" : sayAt(data, idx, lines, format)),
      ],
    },
  };
}

/** What the lines say at a step. */
function sayAt(
  [steps, ...values]: uPlot.AlignedData,
  at: number,
  lines: readonly Line[],
  format: ChartProps["format"],
): string {
  const said = lines.flatMap(({ id, kind }, i) => {
    const value = values[i]?.[at];
    return kind === "measured" || value == null ? [] : [`${id} ${format(value)}`];
  });
  return `step ${count(steps[at] ?? 0)}: ${said.join(", ")}`;
}
