/** The table of runs: to sort, to filter, to select. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { BoardRun } from "../../wire.ts";
import { SortTitle } from "../sort_title.tsx";
import { colourOf, MOST } from "./colours.ts";
import { arranged, type Column, COLUMNS, stateOf } from "./columns.ts";
import { selected, toggle } from "./state.ts";

export function RunsTable({ runs }: { readonly runs: readonly BoardRun[] }): JSX.Element {
  const filter = useSignal("");
  const order = useSignal<{ readonly title?: string; readonly isDown: boolean }>({ isDown: true });
  const { title, isDown } = order.value;
  const column = COLUMNS.find((one) => one.title === title);
  const rows = arranged(runs, { filter: filter.value, column, isDown });
  const sortBy = (one: Column) => {
    const again = one.title === title;
    order.value = { title: one.title, isDown: again ? !isDown : one.isNumber };
  };
  return (
    <section aria-label="Runs">
      <p class="tools">
        <label>
          Filter{" "}
          <input
            type="search"
            value={filter}
            placeholder="name, network, data, state"
            onInput={(event) => filter.value = event.currentTarget.value}
          />
        </label>
        <span>{rows.length} of {runs.length} runs, at most {MOST} of them drawn</span>
      </p>
      <div class="wide runs" tabIndex={0} role="region" aria-label="Table of runs">
        <table>
          <thead>
            <tr>
              <th>
                <span class="unseen">drawn</span>
              </th>
              {COLUMNS.map((one) => (
                <SortTitle
                  key={one.title}
                  words={one.title}
                  isNumber={one.isNumber}
                  isDown={one === column ? isDown : undefined}
                  onSort={() => sortBy(one)}
                />
              ))}
            </tr>
          </thead>
          <tbody>{rows.map((run) => <Row key={run.id} run={run} />)}</tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ run }: { readonly run: BoardRun }): JSX.Element {
  const place = selected.value.indexOf(run.id);
  const isDrawn = place >= 0;
  return (
    <tr class={isDrawn ? "drawn" : undefined}>
      <td>
        <input
          type="checkbox"
          checked={isDrawn}
          disabled={!isDrawn && selected.value.length >= MOST}
          aria-label={`draw ${run.id}`}
          style={isDrawn ? { accentColor: colourOf(place) } : undefined}
          onChange={() => toggle(run.id)}
        />
      </td>
      {COLUMNS.map(({ title, isNumber, text }) => (
        <td
          key={title}
          class={isNumber ? "number" : title === "state" ? `state ${stateOf(run)}` : undefined}
        >
          {text(run)}
        </td>
      ))}
    </tr>
  );
}
