/**
 * The summary of a network as a table, with the rows and numbers of `netfold summary`: to fold,
 * to sort, and with columns to choose.
 */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { depth } from "../../../../dsl/interpreters/counts/depth.ts";
import {
  isLeft,
  type SummaryColumn,
  textOf,
} from "../../../../dsl/interpreters/summary/columns.ts";
import { notesOn } from "../../../../dsl/interpreters/summary/notes.ts";
import { labelOf, networkOf, type Row, rowsOf } from "../../../../dsl/interpreters/summary/rows.ts";
import type { SummaryNode } from "../../../../dsl/interpreters/summary/summary.ts";
import { showShape } from "../../../../dsl/net/shape.ts";
import type { Plan } from "../../../../dsl/plan/plan.ts";
import { SortTitle } from "../sort_title.tsx";
import { ColumnChoice, columns, CONVENTION } from "./summary_columns.tsx";
import { ordered } from "./summary_order.ts";

/** The levels that are open at first, as in the terminal. */
const LEVELS = 2;

export function SummaryTable(
  { plan, name, lit }: {
    readonly plan: Plan;
    readonly name: string;
    /** The path of a part whose row stands out, or that of what it is folded into. */
    readonly lit?: string | undefined;
  },
): JSX.Element {
  /** The groups that were folded or opened by hand. */
  const turned = useSignal<ReadonlySet<string>>(new Set());
  const network = useMemo(() => networkOf(plan, CONVENTION), [plan]);
  /** The column that it is sorted by; the order of computation when there is none. */
  const by = useSignal<{ readonly name?: SummaryColumn; readonly isDown: boolean }>({
    isDown: true,
  });
  const { name: sorting, isDown } = by.value;
  const column = columns.value.find((one) => one.name === sorting);
  const all = useMemo(() => {
    const whole = column === undefined
      ? network.whole
      : ordered(network.whole, network, { column, isDown });
    return rowsOf(whole, Infinity);
  }, [network, column, isDown]);
  const isOpen = ({ level, node: { path } }: Row) => level + 1 < LEVELS !== turned.value.has(path);
  const turn = (path: string) => {
    const next = new Set(turned.value);
    if (!next.delete(path)) next.add(path);
    turned.value = next;
  };
  const rows = visible(all, isOpen);
  const litRow = rows.findLast(({ node: { path } }) => lit === path || lit?.startsWith(`${path}.`));
  /** The columns that tell something. */
  const told = useMemo(
    () =>
      columns.value.filter(({ cell }) =>
        all.some(({ node }) => textOf(cell(node, network)) !== "")
      ),
    [network, columns.value],
  );
  const cells = (node: SummaryNode) =>
    told.map(({ name, cell }) => (
      <td key={name} class={isLeft(name) ? undefined : "number"}>{textOf(cell(node, network))}</td>
    ));
  const names = told.map(({ name }) => name);
  const sortBy = (one: SummaryColumn) =>
    by.value = { name: one, isDown: one === sorting ? !isDown : !isLeft(one) };
  return (
    <>
      <p class="whole">
        {name}: {showShape(plan.input)} to {showShape(plan.output)}, depth {depth(plan)}
      </p>
      <ColumnChoice />
      <div class="wide summary" tabIndex={0} role="region" aria-label={`Summary of ${name}`}>
        <table>
          <thead>
            <tr>
              <th>
                <button
                  type="button"
                  class="sort"
                  title="in the order of computation"
                  onClick={() => by.value = { isDown: true }}
                >
                  layer
                </button>
              </th>
              {told.map(({ name, title }) => (
                <SortTitle
                  key={name}
                  words={title}
                  isNumber={!isLeft(name)}
                  isDown={name === column?.name ? isDown : undefined}
                  onSort={() => sortBy(name)}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.node.path} class={row === litRow ? "lit" : undefined}>
                <td style={{ paddingLeft: `${row.level * 1.1}rem` }}>
                  <Name row={row} isOpen={isOpen(row)} columns={names} onTurn={turn} />
                </td>
                {cells(row.node)}
              </tr>
            ))}
            <tr class="total">
              <td>total</td>
              {cells(network.whole)}
            </tr>
          </tbody>
        </table>
      </div>
      <ul class="note">
        {notesOn(plan, network.whole, {}).map(({ title, lines }) => (
          <li key={title}>{title}: {lines.join("; ")}</li>
        ))}
      </ul>
    </>
  );
}

function Name(
  { row, isOpen, columns, onTurn }: {
    readonly row: Row;
    readonly isOpen: boolean;
    /** The names of the columns beside it, which need not be told twice. */
    readonly columns: readonly SummaryColumn[];
    readonly onTurn: (path: string) => void;
  },
): JSX.Element {
  const { path, children } = row.node;
  const label = labelOf({ ...row, open: isOpen }, columns);
  if (children.length === 0) return <span class="leaf">{label}</span>;
  return (
    <button type="button" class="fold" aria-expanded={isOpen} onClick={() => onTurn(path)}>
      <span aria-hidden="true">{isOpen ? "▾ " : "▸ "}</span>
      {label}
    </button>
  );
}

/** The rows that no folded group hides. */
function visible(rows: readonly Row[], isOpen: (row: Row) => boolean): readonly Row[] {
  let hidden = Infinity;
  return rows.filter((row) => {
    if (row.level > hidden) return false;
    const isGroup = row.node.children.length > 0;
    hidden = isGroup && !isOpen(row) ? row.level : Infinity;
    return true;
  });
}
