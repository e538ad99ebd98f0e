/**
 * The diagram of a network, drawn by Graphviz as everywhere in netfold: to enlarge, to move by
 * dragging, and with boxes to point at and to open.
 */
import { useSignal } from "@preact/signals";
import type { JSX, TargetedPointerEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { toSvg } from "../../../../dsl/interpreters/diagram/diagram.ts";
import { foldableParts } from "../../../../dsl/interpreters/diagram/fold.ts";
import type { Plan } from "../../../../dsl/plan/plan.ts";
import { BoxButtons } from "./box_buttons.tsx";
import { type Box, boxesIn } from "./boxes.ts";
import { Pointed, pointed } from "./pointed.tsx";
import { showView, view } from "./state.ts";
import { diagramIn, LEVELS, strangeIn, turned } from "./view.ts";

interface Picture {
  readonly address: string;
  readonly width: number;
  readonly boxes: readonly Box[];
}

/** Milliseconds without a change after which the diagram is drawn. */
const PAUSE_MS = 150;
/** Pixels that a hand moves as it clicks. */
const STILL = 4;
const [LEAST, MOST, STEP] = [0.1, 4, 1.25];

export function DiagramView(
  { plan, name }: { readonly plan: Plan; readonly name: string },
): JSX.Element {
  const picture = useSignal<Picture | undefined>(undefined);
  const scale = useSignal(1);
  const place = useRef<HTMLDivElement>(null);
  /** How far it was moved since it was pressed, in pixels. */
  const moved = useRef(0);
  const fit = () => {
    const room = place.current?.clientWidth ?? 0;
    scale.value = Math.min(1, room / Math.max(1, picture.value?.width ?? 1));
  };
  const { value: seen } = view;
  useEffect(() => {
    let isOver = false;
    const timer = setTimeout(async () => {
      const value = diagramIn(plan, seen, name);
      const svg = await toSvg(value);
      const boxes = boxesIn(value, svg, new Set(foldableParts(plan)));
      const next = { ...await pictureOf(svg), boxes };
      if (isOver) return URL.revokeObjectURL(next.address);
      const isFirst = picture.value === undefined;
      if (picture.value !== undefined) URL.revokeObjectURL(picture.value.address);
      picture.value = next;
      // What was pointed at may be gone, or be another part.
      pointed.value = next.boxes.find(({ path }) => path === pointed.peek()?.path);
      if (isFirst) fit();
    }, PAUSE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [plan, name, JSON.stringify(seen)]);
  const zoom = (by: number) => scale.value = Math.min(MOST, Math.max(LEAST, scale.value * by));
  const known = picture.value;
  const strange = strangeIn(seen, plan);
  return (
    <>
      <p class="tools">
        <label>
          Levels{" "}
          <select
            value={seen.levels}
            // A level is one for all parts.
            onChange={(event) =>
              showView({ levels: Number(event.currentTarget.value), open: [], closed: [] })}
          >
            {LEVELS.map((level) => <option key={level} value={level}>{level}</option>)}
          </select>
        </label>
        <span>
          <button type="button" aria-label="smaller" onClick={() => zoom(1 / STEP)}>−</button>{" "}
          <button type="button" aria-label="larger" onClick={() => zoom(STEP)}>+</button>{" "}
          <button type="button" onClick={fit}>Fit</button>{" "}
          <output>{Math.round(100 * scale.value)} %</output>
        </span>
      </p>
      {strange.length > 0 && (
        <p class="note">
          The address opens or folds what is no part of this network: {strange.join(", ")}.
        </p>
      )}
      <Pointed plan={plan} />
      <div
        ref={place}
        class="diagram"
        tabIndex={0}
        role="region"
        aria-label={`Diagram of ${name}; arrow keys move it`}
        onPointerDown={() => moved.current = 0}
        onPointerMove={(event) => moved.current += drag(event)}
        // What was pressed to move the diagram is not turned.
        onClickCapture={(event) =>
          moved.current > STILL && event.detail > 0 && event.stopPropagation()}
      >
        {known === undefined
          ? <p>Drawing ...</p>
          : (
            <div class="drawn" style={{ width: `${Math.round(known.width * scale.value)}px` }}>
              <img src={known.address} alt={`Diagram of ${name}`} draggable={false} />
              <BoxButtons
                boxes={known.boxes}
                onTurn={(path) => showView(turned(plan, seen, path))}
              />
            </div>
          )}
      </div>
    </>
  );
}

/**
 * Moves what a box shows with the pointer that is pressed on it, and says how far; fingers move it by
 * themselves.
 */
function drag(event: TargetedPointerEvent<HTMLDivElement>): number {
  if (event.pointerType !== "mouse" || event.buttons !== 1) return 0;
  event.currentTarget.scrollBy(-event.movementX, -event.movementY);
  return Math.abs(event.movementX) + Math.abs(event.movementY);
}

/** An SVG as a picture of its own, whose names and styles touch nothing else. */
async function pictureOf(svg: string): Promise<Omit<Picture, "boxes">> {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  const image = new Image();
  image.src = address;
  await image.decode();
  return { address, width: image.naturalWidth };
}
