/** The columns of summaries, which their reader chooses: of all of them, for as long as the page is open. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { JSX } from "preact";
import {
  type Column,
  columnOf,
  defaultColumns,
  SUMMARY_COLUMNS,
  type SummaryColumn,
} from "../../../../dsl/interpreters/summary/columns.ts";

/** Whose way of counting operations. */
export const CONVENTION = "netfold";

/** All of them, but the one that is FLOPs again under this convention. */
const ALL = SUMMARY_COLUMNS.filter((name) => name !== "count")
  .map((name) => columnOf(name, CONVENTION));

const chosen = signal<ReadonlySet<SummaryColumn>>(new Set(defaultColumns(CONVENTION)));

/** The columns that are chosen, in their order. */
export const columns: ReadonlySignal<readonly Column[]> = computed(() =>
  ALL.filter(({ name }) => chosen.value.has(name))
);

export function ColumnChoice(): JSX.Element {
  const turn = (name: SummaryColumn) => {
    const next = new Set(chosen.value);
    if (!next.delete(name)) next.add(name);
    chosen.value = next;
  };
  return (
    <details class="columns">
      <summary>Columns</summary>
      <p class="tools">
        {ALL.map(({ name, title }) => (
          <label key={name}>
            <input type="checkbox" checked={chosen.value.has(name)} onChange={() => turn(name)} />
            {" "}
            {title}
          </label>
        ))}
      </p>
    </details>
  );
}
