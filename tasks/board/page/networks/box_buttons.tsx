/**
 * Buttons over the boxes of a diagram, and over the headings of its groups: to point at, to open and to
 * fold, and for who has no pointer one after the other.
 */
import type { JSX, TargetedKeyboardEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
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

export function BoxButtons(
  { boxes, onTurn }: {
    readonly boxes: readonly Box[];
    readonly onTurn: (path: string) => void;
  },
): JSX.Element {
  const { value: now } = pointed;
  const place = Math.max(0, boxes.findIndex(({ path }) => path === now?.path));
  const all = useRef<HTMLDivElement>(null);
  /** The part that was turned, whose new button is not drawn yet. */
  const turned = useRef<string | undefined>(undefined);
  useEffect(() => {
    const at = boxes.findIndex(({ path }) => path === turned.current);
    turned.current = undefined;
    if (at >= 0) all.current?.querySelectorAll<HTMLElement>(".box")[at]?.focus();
  }, [boxes]);
  const turn = (box: Box) => {
    turned.current = box.path;
    onTurn(box.path);
  };
  return (
    <div ref={all}>
      {boxes.map((box, i) => (
        <button
          key={`${box.isHeading} ${box.path}`}
          type="button"
          class={box.path === now?.path ? "box pointed-at" : "box"}
          // One of them is on the way of Tab, and from there the arrow keys go to the others.
          tabIndex={i === place ? 0 : -1}
          aria-label={`${box.path}: ${box.words}`}
          aria-expanded={box.turns ? box.isHeading : undefined}
          data-turns={box.turns ? (box.isHeading ? "folds" : "opens") : undefined}
          style={{
            left: percent(box.left),
            top: percent(box.top),
            width: percent(box.width),
            height: percent(box.height),
          }}
          onFocus={() => pointed.value = box}
          onPointerEnter={() => pointed.value = box}
          onClick={box.turns ? () => turn(box) : undefined}
          onKeyDown={(event) => step(event, boxes.length - 1, i)}
        />
      ))}
    </div>
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
