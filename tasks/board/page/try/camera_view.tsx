/** The camera: what it sees, as a picture to take, or as pictures that are looked at one after the other. */
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Problem } from "../../../../dsl/problem/problem.ts";
import { Problems } from "../problems.tsx";
import { closeCamera, openCamera, pictureOf } from "./camera.ts";
import { addFile, isLive, lookLive } from "./state.ts";

/** Opens the camera when it is asked to. */
export function CameraView(): JSX.Element {
  const stream = useSignal<MediaStream | undefined>(undefined);
  const problems = useSignal<readonly Problem[]>([]);
  const isAsked = useSignal(false);
  const open = async () => {
    isAsked.value = true;
    const found = await openCamera();
    isAsked.value = false;
    problems.value = found._tag === "Left" ? found.left : [];
    if (found._tag === "Right") stream.value = found.right;
  };
  const { value: opened } = stream;
  return (
    <div class="camera">
      <Problems problems={problems.value} title="The camera cannot be used:" />
      {opened === undefined
        ? <button type="button" disabled={isAsked.value} onClick={open}>Camera</button>
        : <Opened stream={opened} onClose={() => stream.value = undefined} />}
    </div>
  );
}

function Opened(
  { stream, onClose }: { readonly stream: MediaStream; readonly onClose: () => void },
): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  const isReady = useSignal(false);
  const taken = useRef(0);
  useEffect(() => {
    const { current } = video;
    if (current !== null) current.srcObject = stream;
    // It can be pulled out, or taken back in the browser.
    for (const track of stream.getTracks()) track.addEventListener("ended", onClose);
    return () => {
      isLive.value = false;
      closeCamera(stream);
    };
  }, [stream]);
  useEffect(() => {
    let isOver = false;
    const goesOn = () => !isOver && isLive.peek();
    const look = async () => {
      while (goesOn() && video.current !== null) {
        const file = await pictureOf(video.current, "camera, live");
        if (goesOn()) await lookLive(file);
      }
    };
    void look();
    return () => {
      isOver = true;
    };
  }, [isLive.value]);
  const take = async () => {
    if (video.current === null) return;
    addFile(await pictureOf(video.current, `camera ${++taken.current}`));
  };
  return (
    <>
      <video
        ref={video}
        autoPlay
        muted
        playsInline
        aria-label="what the camera sees"
        onPlaying={() => isReady.value = true}
      />
      <p class="tools">
        <button type="button" disabled={!isReady.value} onClick={take}>Take a picture</button>
        <label>
          <input
            type="checkbox"
            checked={isLive.value}
            disabled={!isReady.value}
            onChange={({ currentTarget: { checked } }) => isLive.value = checked}
          />{" "}
          live
        </label>
        <button type="button" onClick={onClose}>Close</button>
      </p>
    </>
  );
}
