/** The title of a column that a table is sorted by when it is pressed. */
import type { JSX } from "preact";

export function SortTitle(
  { words, isNumber, isDown, onSort }: {
    readonly words: string;
    readonly isNumber: boolean;
    /** Whether the largest is first; nothing where another column sorts the table. */
    readonly isDown: boolean | undefined;
    readonly onSort: () => void;
  },
): JSX.Element {
  return (
    <th
      class={isNumber ? "number" : undefined}
      aria-sort={isDown === undefined ? undefined : isDown ? "descending" : "ascending"}
    >
      <button type="button" class="sort" onClick={onSort}>
        {words}
        <span aria-hidden="true">{isDown === undefined ? "" : isDown ? " ▼" : " ▲"}</span>
      </button>
    </th>
  );
}
