/**
 * The diagram of a network, drawn by Graphviz as everywhere in netfold: to enlarge, to move by
 * dragging, and with boxes to point at.
 */
import { useSignal } from "@preact/signals";
import type { JSX, TargetedPointerEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { diagram } from "../../../../dsl/interpreters/diagram/diagram.ts";
import type { Plan } from "../../../../dsl/plan/plan.ts";
import { BoxButtons } from "./box_buttons.tsx";
import { type Box, boxesIn } from "./boxes.ts";
import { Pointed, pointed } from "./pointed.tsx";

interface Picture {
  readonly address: string;
  readonly width: number;
  readonly boxes: readonly Box[];
}

/** Milliseconds without a change after which the diagram is drawn. */
const PAUSE_MS = 150;
const [LEAST, MOST, STEP] = [0.1, 4, 1.25];
const LEVELS = [1, 2, 3, 4] as const;

export function DiagramView(
  { plan, name }: { readonly plan: Plan; readonly name: string },
): JSX.Element {
  const levels = useSignal(2);
  const picture = useSignal<Picture | undefined>(undefined);
  const scale = useSignal(1);
  const place = useRef<HTMLDivElement>(null);
  const fit = () => {
    const room = place.current?.clientWidth ?? 0;
    scale.value = Math.min(1, room / Math.max(1, picture.value?.width ?? 1));
  };
  useEffect(() => {
    let isOver = false;
    const timer = setTimeout(async () => {
      const svg = await diagram(plan, { format: "svg", title: name, depth: levels.value });
      const next = await pictureOf(svg);
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
  }, [plan, name, levels.value]);
  const zoom = (by: number) => scale.value = Math.min(MOST, Math.max(LEAST, scale.value * by));
  const known = picture.value;
  return (
    <>
      <p class="tools">
        <label>
          Levels{" "}
          <select
            value={levels}
            onChange={(event) => levels.value = Number(event.currentTarget.value)}
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
      <Pointed plan={plan} />
      <div
        ref={place}
        class="diagram"
        tabIndex={0}
        role="region"
        aria-label={`Diagram of ${name}; arrow keys move it`}
        onPointerMove={drag}
      >
        {known === undefined
          ? <p>Drawing ...</p>
          : (
            <div class="drawn" style={{ width: `${Math.round(known.width * scale.value)}px` }}>
              <img src={known.address} alt={`Diagram of ${name}`} draggable={false} />
              <BoxButtons boxes={known.boxes} />
            </div>
          )}
      </div>
    </>
  );
}

/** Moves what a box shows with the pointer that is pressed on it; fingers move it by themselves. */
function drag(event: TargetedPointerEvent<HTMLDivElement>): void {
  if (event.pointerType !== "mouse" || event.buttons !== 1) return;
  event.currentTarget.scrollBy(-event.movementX, -event.movementY);
}

/** An SVG as a picture of its own, whose names and styles touch nothing else. */
async function pictureOf(svg: string): Promise<Picture> {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  const image = new Image();
  image.src = address;
  await image.decode();
  return { address, width: image.naturalWidth, boxes: boxesIn(svg) };
}
