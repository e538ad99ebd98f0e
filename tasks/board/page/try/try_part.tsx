/** The part of the board that shows pictures to a trained network. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { showShape } from "../../../../dsl/net/shape.ts";
import { count, duration } from "../../../terminal/format.ts";
import { isExported } from "../ask.ts";
import { AGAIN_MS } from "../asked.ts";
import { backend } from "../engine_choice.tsx";
import { takeFiles } from "../files.ts";
import { Problems } from "../problems.tsx";
import { runOf, table, watchTable } from "../runs/state.ts";
import { CameraView } from "./camera_view.tsx";
import { Controls } from "./controls.tsx";
import { PictureView } from "./picture_view.tsx";
import { add, open, opened, pictures, problems, seconds, source } from "./state.ts";

export function TryPart(): JSX.Element {
  useEffect(watchTable, []);
  useEffect(() => takeFiles((files) => void add(files)), []);
  const { value: chosen } = source;
  const isListed = chosen.kind === "pretrained" || table.value !== undefined;
  const data = chosen.kind === "run" ? runOf(chosen.name)?.data : undefined;
  useEffect(() => {
    if (isListed) open(chosen, data);
  }, [chosen, isListed, backend.value]);
  useEffect(() => {
    // A board that is started again answers.
    const isDown = !isExported && problems.value.some(({ code }) => code === "no-answer");
    const timer = isDown ? setTimeout(() => open(chosen, data), AGAIN_MS) : undefined;
    return () => clearTimeout(timer);
  }, [chosen, problems.value]);
  return (
    <div class="sides">
      <section aria-label="What is tried">
        <Controls />
        <CameraView />
        <Standing />
        <p class="note">Pictures stay in this page: nothing is uploaded.</p>
      </section>
      <section aria-label="What it sees">
        <Problems problems={problems.value} title="This network cannot be tried here:" />
        {pictures.value.length === 0 && (
          <p class="note">
            Drop, choose, paste or take pictures to see what the network makes of them.
          </p>
        )}
        {pictures.value.map((picture) => <PictureView key={picture.id} picture={picture} />)}
      </section>
    </div>
  );
}

/** The network that is open, and the engine on which it runs. */
function Standing(): JSX.Element {
  const { value: known } = opened;
  return (
    <p class="standing">
      <output>
        {known !== undefined
          ? `${showShape(known.input)}, ${count(known.classes)} classes, ` +
            `${count(known.parameters)} parameters, on ${known.engine}` +
            (seconds.value === undefined ? "" : `; a picture in ${brief(seconds.value)}`)
          : problems.value.length > 0
          ? ""
          : "loading the network and the engine ..."}
      </output>
    </p>
  );
}

/** A time that may be short. */
function brief(seconds: number): string {
  return seconds >= 1 ? duration(seconds) : `${Number((1000 * seconds).toPrecision(2))} ms`;
}
