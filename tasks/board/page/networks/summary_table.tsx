/** The summary of a network as a table, with the rows and numbers of `netfold summary`, to fold and to open. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { depth } from "../../../../dsl/interpreters/counts/depth.ts";
import {
  columnOf,
  defaultColumns,
  isLeft,
  textOf,
} from "../../../../dsl/interpreters/summary/columns.ts";
import { notesOn } from "../../../../dsl/interpreters/summary/notes.ts";
import { labelOf, networkOf, type Row, rowsOf } from "../../../../dsl/interpreters/summary/rows.ts";
import type { SummaryNode } from "../../../../dsl/interpreters/summary/summary.ts";
import { showShape } from "../../../../dsl/net/shape.ts";
import type { Plan } from "../../../../dsl/plan/plan.ts";

const CONVENTION = "netfold";
/** The levels that are open at first, as in the terminal. */
const LEVELS = 2;

const COLUMNS = defaultColumns(CONVENTION).map((name) => columnOf(name, CONVENTION));

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
  const all = useMemo(() => rowsOf(network.whole, Infinity), [network]);
  const isOpen = ({ level, node: { path } }: Row) => level + 1 < LEVELS !== turned.value.has(path);
  const turn = (path: string) => {
    const next = new Set(turned.value);
    if (!next.delete(path)) next.add(path);
    turned.value = next;
  };
  const rows = visible(all, isOpen);
  const litRow = rows.findLast(({ node: { path } }) => lit === path || lit?.startsWith(`${path}.`));
  const cells = (node: SummaryNode) => COLUMNS.map(({ cell }) => textOf(cell(node, network)));
  const told = useMemo(
    () => COLUMNS.map(({ cell }) => all.some(({ node }) => textOf(cell(node, network)) !== "")),
    [network],
  );
  const kept = <A,>(list: readonly A[]): readonly A[] => list.filter((_, i) => told[i]);
  const cell = (tag: "td" | "th") => (text: string, i: number) => {
    const Tag = tag;
    return <Tag key={i} class={isLeft(kept(COLUMNS)[i]?.name) ? undefined : "number"}>{text}</Tag>;
  };
  return (
    <>
      <p>
        {name}: {showShape(plan.input)} to {showShape(plan.output)}, depth {depth(plan)}
      </p>
      <div class="wide summary" tabIndex={0} role="region" aria-label={`Summary of ${name}`}>
        <table>
          <thead>
            <tr>
              <th>layer</th>
              {kept(COLUMNS.map(({ title }) => title)).map(cell("th"))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.node.path} class={row === litRow ? "lit" : undefined}>
                <td style={{ paddingLeft: `${row.level * 1.1}rem` }}>
                  <Name row={row} isOpen={isOpen(row)} onTurn={turn} />
                </td>
                {kept(cells(row.node)).map(cell("td"))}
              </tr>
            ))}
            <tr class="total">
              <td>total</td>
              {kept(cells(network.whole)).map(cell("td"))}
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
  { row, isOpen, onTurn }: {
    readonly row: Row;
    readonly isOpen: boolean;
    readonly onTurn: (path: string) => void;
  },
): JSX.Element {
  const { path, children } = row.node;
  const label = labelOf({ ...row, open: isOpen });
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
