/** The charts of the selected runs, one over the other, with the steps and the smoothing that they share. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { percent } from "../../../terminal/format.ts";
import { Chart } from "./chart.tsx";
import { colourOf } from "./colours.ts";
import { type ChartOf, CHARTS, linesOf } from "./lines.ts";
import { courses, runOf, selected, shown } from "./state.ts";
import { stateOf } from "./columns.ts";

/** The values of each chart as people read them. */
export const FORMATS: Readonly<Record<ChartOf["of"], (value: number) => string>> = {
  loss: (value) => `${Number(value.toPrecision(4))}`,
  accuracy: (value) => percent(value, 1),
  rate: (value) => `${Number(value.toPrecision(3))}`,
};

/** The largest share of a run's steps that one point of a smoothed line is the mean of, in percent. */
const SMOOTHEST = 20;

export function Charts(): JSX.Element {
  const smoothing = useSignal(4);
  const ids = selected.value;
  return (
    <section aria-label="Curves">
      <ul class="legend">
        {ids.map((id, place) => {
          const run = runOf(id);
          return run && (
            <li key={id}>
              <span class="swatch" style={{ background: colourOf(place) }} /> {id}
              <span class={`state ${stateOf(run)}`}>{stateOf(run)}</span>
            </li>
          );
        })}
      </ul>
      <p class="tools">
        <label>
          Smoothing{" "}
          <input
            type="range"
            min="0"
            max={SMOOTHEST}
            value={smoothing}
            onInput={(event) => smoothing.value = event.currentTarget.valueAsNumber}
          />{" "}
          <output>{smoothing} %</output>
        </label>
        <Steps />
      </p>
      {CHARTS.map((chart) => (
        <OneChart key={chart.title} chart={chart} smoothing={smoothing.value} />
      ))}
      <p class="note">
        Pale: each step; bold: means over its neighbours; dashed: held out images, by the epoch.
        Drag over a chart to see a part, double click to see all.
      </p>
    </section>
  );
}

function OneChart(
  { chart, smoothing }: { readonly chart: ChartOf; readonly smoothing: number },
): JSX.Element | null {
  const ids = selected.value;
  const known = courses.value;
  const lines = useMemo(() =>
    ids.flatMap((id, place) => {
      const course = known.get(id);
      if (course === undefined) return [];
      return linesOf(chart, { id, colour: colourOf(place), course, smoothing: smoothing / 100 });
    }), [ids, known, smoothing]);
  if (lines.length === 0) return null;
  return <Chart title={chart.title} lines={lines} format={FORMATS[chart.of]} shown={shown} />;
}

/** The first and the last step that charts show, for who has no pointer to drag. */
function Steps(): JSX.Element {
  const [from, to] = shown.value ?? [];
  const set = (first: number, last: number) => {
    if (first < last) shown.value = [first, last];
  };
  const last = () =>
    Math.max(1, ...selected.value.map((id) => courses.value.get(id)?.steps.step.at(-1) ?? 1));
  const text = (value: number | undefined) => value === undefined ? "" : `${Math.round(value)}`;
  return (
    <span class="steps">
      <label>
        Steps{" "}
        <input
          type="number"
          min="0"
          placeholder="first"
          value={text(from)}
          onChange={(event) => set(event.currentTarget.valueAsNumber, to ?? last())}
        />
      </label>{" "}
      <label>
        to{" "}
        <input
          type="number"
          min="1"
          placeholder="last"
          value={text(to)}
          onChange={(event) => set(from ?? 0, event.currentTarget.valueAsNumber)}
        />
      </label>{" "}
      <button type="button" disabled={from === undefined} onClick={() => shown.value = undefined}>
        All steps
      </button>
    </span>
  );
}
