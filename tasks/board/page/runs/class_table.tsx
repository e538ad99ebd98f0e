/** How well a run recognises each class, to sort by any column. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { count, percent } from "../../../terminal/format.ts";
import type { KeptScore } from "../../wire.ts";
import { SortTitle } from "../sort_title.tsx";

type Share = "recall" | "precision" | "f1";

const SHARES: readonly (readonly [Share, string])[] = [
  ["recall", "recall"],
  ["precision", "precision"],
  ["f1", "F1"],
];

const TITLES: readonly (readonly [keyof KeptScore, string])[] = [
  ["name", "class"],
  ["images", "images"],
  ...SHARES,
];

export function ClassTable(
  { classes, title }: { readonly classes: readonly KeptScore[]; readonly title: string },
): JSX.Element {
  /** The column that it is sorted by; the order of the classes when there is none. */
  const by = useSignal<{ readonly field?: keyof KeptScore; readonly isDown: boolean }>({
    isDown: false,
  });
  const { field, isDown } = by.value;
  const rows = field === undefined ? classes : sorted(classes, field, isDown);
  return (
    <div class="wide classes" tabIndex={0} role="region" aria-label={title}>
      <table>
        <thead>
          <tr>
            {TITLES.map(([one, words]) => (
              <SortTitle
                key={one}
                words={words}
                isNumber={one !== "name"}
                isDown={one === field ? isDown : undefined}
                onSort={() => by.value = { field: one, isDown: one === field && !isDown }}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((score) => (
            <tr key={score.name}>
              <td>{score.name}</td>
              <td class="number">{count(score.images)}</td>
              {SHARES.map(([one]) => <td key={one} class="number">{shareText(score[one])}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function shareText(share: number | null): string {
  return share === null ? "" : percent(share);
}

/** Scores in the order of a column, the worst class first unless it goes down. */
function sorted(
  classes: readonly KeptScore[],
  field: keyof KeptScore,
  isDown: boolean,
): readonly KeptScore[] {
  const sign = isDown ? -1 : 1;
  return classes.toSorted((a, b) => {
    const [x, y] = [a[field] ?? -1, b[field] ?? -1];
    return sign * (x < y ? -1 : x > y ? 1 : 0);
  });
}
