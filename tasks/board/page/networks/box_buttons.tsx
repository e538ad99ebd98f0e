/** Buttons over the boxes of a diagram: to point at, and for who has no pointer one after the other. */
import type { JSX, TargetedKeyboardEvent } from "preact";
import type { Box } from "./boxes.ts";
import { pointed } from "./pointed.tsx";

/** Keys that go to another box, and how far. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowRight: 1,
  ArrowUp: -1,
  ArrowLeft: -1,
  Home: -Infinity,
  End: Infinity,
};

export function BoxButtons({ boxes }: { readonly boxes: readonly Box[] }): JSX.Element {
  const { value: now } = pointed;
  const place = Math.max(0, boxes.findIndex(({ path }) => path === now?.path));
  return (
    <>
      {boxes.map((box, i) => (
        <button
          key={box.path}
          type="button"
          class={box.path === now?.path ? "box pointed-at" : "box"}
          // One of them is on the way of Tab, and from there the arrow keys go to the others.
          tabIndex={i === place ? 0 : -1}
          aria-label={`${box.path}: ${box.words}`}
          style={{
            left: percent(box.left),
            top: percent(box.top),
            width: percent(box.width),
            height: percent(box.height),
          }}
          onFocus={() => pointed.value = box}
          onPointerEnter={() => pointed.value = box}
          onKeyDown={(event) => step(event, boxes.length - 1, i)}
        />
      ))}
    </>
  );
}

function percent(share: number): string {
  return `${100 * share}%`;
}

/** Goes to another box by a key. */
function step(event: TargetedKeyboardEvent<HTMLElement>, last: number, from: number): void {
  const by = STEPS[event.key];
  if (by === undefined) return;
  // Else the keys would move the diagram.
  event.preventDefault();
  const to = Math.min(last, Math.max(0, from + by));
  const all = event.currentTarget.parentElement?.querySelectorAll<HTMLElement>(".box");
  all?.[to]?.focus();
}
