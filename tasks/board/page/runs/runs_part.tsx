/** The part of the board that shows runs. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { isExported } from "../ask.ts";
import { Problems } from "../problems.tsx";
import { going, watchTrainings } from "../trainings/state.ts";
import { Trainings } from "../trainings/trainings.tsx";
import { Charts } from "./charts.tsx";
import { RunDetail } from "./run_detail.tsx";
import { RunsTable } from "./runs_table.tsx";
import { drawn, followSelected, problems, selected, table, toggle, watchTable } from "./state.ts";

export function RunsPart(): JSX.Element {
  useEffect(watchTable, []);
  useEffect(followSelected, []);
  useEffect(watchTrainings, []);
  const found = table.value;
  return (
    <>
      <Problems problems={problems.value} title="Not read:" />
      {found === undefined ? <p>Reading the runs ...</p> : found.runs.length === 0
        ? (
          <p class="note">
            There are no runs in {found.folder}
            {isExported ? "." : ": a training there begins one."}
          </p>
        )
        : <RunsTable runs={found.runs} />}
      <Trainings />
      {drawn.value.length > 0 && <Charts />}
      {drawn.value.map((id) => <RunDetail key={id} id={id} />)}
      {found !== undefined &&
        selected.value.filter((id) => !drawn.value.includes(id)).map((id) => (
          <p key={id} class="tools note">
            {going.value.has(id)
              ? `The training of ${id} is being prepared.`
              : `There is no run ${id} in ${found.folder}.`}
            <button
              type="button"
              onClick={() =>
                toggle(id)}
            >
              Leave it out
            </button>
          </p>
        ))}
    </>
  );
}
