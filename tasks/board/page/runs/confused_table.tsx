/**
 * Which classes are taken for which: a matrix whose cells show their pictures, or, of more classes
 * than anybody could read so, the most frequent confusions.
 */
import { useSignal } from "@preact/signals";
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useEffect } from "preact/hooks";
import { count, percent } from "../../../terminal/format.ts";
import type { Confused, ConfusedCell, ConfusedPicture } from "../../../evaluate/confused.ts";

/** The most classes of a matrix, and the most confusions of a list. */
const [MOST_CLASSES, MOST_LISTED] = [30, 60];

/** The percent of the accent's colour behind a cell with all images of its class: its number stays readable. */
const SHADE = 40;

/** Whether there are so few classes that a matrix is shown. */
export function isMatrix({ classes }: Confused): boolean {
  return classes.length <= MOST_CLASSES;
}

interface Chosen {
  readonly cell: ConfusedCell | undefined;
  readonly onChoose: (cell: ConfusedCell) => void;
}

export function ConfusedTable(
  { confused, title }: { readonly confused: Confused; readonly title: string },
): JSX.Element {
  const cell = useSignal<ConfusedCell | undefined>(undefined);
  const chosen = { cell: cell.value, onChoose: (one: ConfusedCell) => cell.value = one };
  return (
    <>
      {isMatrix(confused)
        ? <Matrix confused={confused} title={title} {...chosen} />
        : <Confusions confused={confused} {...chosen} />}
      {cell.value && <Pictures cell={cell.value} confused={confused} />}
    </>
  );
}

function isWrong({ truth, predicted }: ConfusedCell): boolean {
  return truth !== predicted;
}

function Matrix(
  { confused: { classes, cells }, title, ...chosen }: Chosen & {
    readonly confused: Confused;
    readonly title: string;
  },
): JSX.Element {
  const first = cells.find(isWrong);
  const reached = chosen.cell ?? first;
  return (
    <>
      <p class="note">
        Rows are true classes, columns what they are taken for. A cell shows its pictures; arrow
        keys go to others.
      </p>
      <div class="wide classes" tabIndex={0} role="region" aria-label={title}>
        <table class="confused" onKeyDown={moved}>
          <thead>
            <tr>
              <td />
              {classes.map((name) => <th key={name} scope="col" class="number">{name}</th>)}
            </tr>
          </thead>
          <tbody>
            {classes.map((name, truth) => {
              const row = cells.filter((cell) => cell.truth === truth);
              const images = row.reduce((sum, cell) => sum + cell.count, 0);
              return (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {classes.map((other, predicted) => {
                    const cell = row.find((one) => one.predicted === predicted);
                    const share = SHADE * (cell?.count ?? 0) / Math.max(1, images);
                    const background = `color-mix(in srgb, var(--accent) ${share}%, transparent)`;
                    return (
                      <td key={other} class="number" style={{ background }}>
                        {cell === undefined ? "" : isWrong(cell)
                          ? (
                            <button
                              type="button"
                              data-at={`${truth} ${predicted}`}
                              tabIndex={isSame(cell, reached) ? 0 : -1}
                              aria-pressed={isSame(cell, chosen.cell)}
                              aria-label={`${name} taken for ${other}: ${count(cell.count)}`}
                              onClick={() => chosen.onChoose(cell)}
                            >
                              {count(cell.count)}
                            </button>
                          )
                          : count(cell.count)}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}

function isSame(a: ConfusedCell, b: ConfusedCell | undefined): boolean {
  return a.truth === b?.truth && a.predicted === b.predicted;
}

/** How far down and how far to the right a key goes. */
const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Goes to the next cell with pictures that a key leads to, in the same row or column. */
function moved(event: TargetedKeyboardEvent<HTMLTableElement>): void {
  const step = STEPS[event.key];
  const from = document.activeElement?.getAttribute("data-at");
  if (step === undefined || from === null || from === undefined) return;
  event.preventDefault();
  const [down, right] = step;
  const [row = 0, column = 0] = from.split(" ").map(Number);
  for (let i = 1; i < MOST_CLASSES; i++) {
    const at = `${row + i * down} ${column + i * right}`;
    const next = event.currentTarget.querySelector<HTMLElement>(`[data-at="${at}"]`);
    if (next !== null) return next.focus();
  }
}

function Confusions(
  { confused: { classes, cells }, ...chosen }: Chosen & { readonly confused: Confused },
): JSX.Element {
  const most = cells.filter(isWrong).toSorted((a, b) => b.count - a.count).slice(0, MOST_LISTED);
  return (
    <ul class="confusions">
      {most.map((cell) => (
        <li key={`${cell.truth} ${cell.predicted}`}>
          <button
            type="button"
            aria-pressed={isSame(cell, chosen.cell)}
            onClick={() => chosen.onChoose(cell)}
          >
            {classes[cell.truth]} taken for {classes[cell.predicted]}: {count(cell.count)}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Pictures(
  { cell: { truth, predicted, count: all, pictures }, confused: { classes } }: {
    readonly cell: ConfusedCell;
    readonly confused: Confused;
  },
): JSX.Element {
  const title = `${classes[truth]} taken for ${classes[predicted]}`;
  const shown = pictures.length === all
    ? `all ${count(all)}`
    : pictures.length === 0
    ? `none of ${count(all)} pictures kept`
    : `${count(pictures.length)} of ${count(all)}, those of which it was surest`;
  return (
    <figure class="cell">
      <figcaption aria-live="polite">
        {title} <span class="said">{shown}</span>
      </figcaption>
      {pictures.map((picture) => (
        <Kept key={`${title} ${picture.png}`} picture={picture} title={title} />
      ))}
    </figure>
  );
}

function Kept(
  { picture: { png, probability }, title }: {
    readonly picture: ConfusedPicture;
    readonly title: string;
  },
): JSX.Element {
  const address = useSignal<string | undefined>(undefined);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([Uint8Array.fromBase64(png)], { type: "image/png" }));
    address.value = made;
    return () => URL.revokeObjectURL(made);
  }, [png]);
  const sure = percent(probability, 1);
  return (
    <span class="tile">
      {address.value && <img src={address.value} alt={`${title}, ${sure} sure`} />}
      <span>{sure}</span>
    </span>
  );
}
