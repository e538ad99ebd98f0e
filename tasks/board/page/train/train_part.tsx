/** The part of the board that trains a small network in the page. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { count, duration, percent } from "../../../terminal/format.ts";
import { Problems } from "../problems.tsx";
import { Chart } from "../runs/chart.tsx";
import { FORMATS } from "../runs/charts.tsx";
import { colourOf } from "../runs/colours.ts";
import { CHARTS, linesOf } from "../runs/lines.ts";
import { Controls } from "./controls.tsx";
import { Looks } from "./looks.tsx";
import { shown, trainings } from "./state.ts";
import type { Training } from "./training.ts";

/** The share of a training that one point of a smoothed line is the mean of. */
const SMOOTHING = 0.05;

export function TrainPart(): JSX.Element {
  const last = trainings.value.at(-1);
  return (
    <div class="sides">
      <section aria-label="What is trained">
        <p>
          A Residual Attention Network of two stages learns to tell the ten classes of a data set
          apart, in this page: the forms of shapes, or what is seen in pictures of CIFAR-10.
        </p>
        <Controls />
      </section>
      <section aria-label="How it learns">
        {last === undefined
          ? (
            <p class="note">
              Start it to see its loss fall and its masks form; the engine is loaded then.
            </p>
          )
          : (
            <>
              <Standing training={last} />
              <Curves />
              {last.shown.length > 0 && <Looks training={last} />}
            </>
          )}
      </section>
    </div>
  );
}

/** How far the last training is, and on what it runs. */
function Standing({ training }: { readonly training: Training }): JSX.Element {
  const { id, state, engine, parameters, course, seconds, settings: { steps } } = training;
  const { accuracy, warnings, problems } = training;
  const done = course.steps.step.length;
  return (
    <>
      <p class="standing">
        <output>
          {state === "loading" ? "loading the engine" : state}
          {engine && `, on ${engine}`}
          {accuracy !== undefined && `: ${percent(accuracy, 1)} of the test images recognised`}
        </output>
        <progress max={steps} value={done} aria-label={`steps of ${id}`} />
        <span class="note">
          {parameters !== undefined && `${count(parameters)} parameters, `}
          step {count(done)} of {count(steps)}
          {done > 0 && `, ${duration(seconds)}`}
        </span>
      </p>
      {warnings.map((text) => <p key={text} class="note">{text}</p>)}
      <Problems problems={problems} title="The training has stopped:" />
    </>
  );
}

/** The curves of the last trainings, one over the other. */
function Curves(): JSX.Element {
  const all = trainings.value;
  const lines = useMemo(
    () =>
      CHARTS.filter(({ of }) => of !== "rate").map((chart) => ({
        chart,
        lines: all.flatMap(({ id, place, course }) =>
          linesOf(chart, { id, colour: colourOf(place), course, smoothing: SMOOTHING })
        ),
      })),
    [all],
  );
  return (
    <>
      <ul class="legend">
        {all.map(({ id, place, state }) => (
          <li key={id}>
            <span class="swatch" style={{ background: colourOf(place) }} /> {id}
            <span class={`state ${state}`}>{state}</span>
          </li>
        ))}
      </ul>
      {lines.map(({ chart: { title, of }, lines }) =>
        lines.length > 0 && (
          <Chart key={title} title={title} lines={lines} format={FORMATS[of]} shown={shown} />
        )
      )}
    </>
  );
}
