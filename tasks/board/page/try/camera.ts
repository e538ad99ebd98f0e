/** A camera that gives pictures to try. Source: https://www.w3.org/TR/mediacapture-streams/ */
import type { Problem } from "../../../../dsl/problem/problem.ts";
import { fail, type Result, right } from "../../../../dsl/problem/result.ts";
import type { PictureFile } from "../../../training/predict.ts";

/** Networks see small pictures; the camera at the back of a telephone is the one that looks at things. */
const WANTED = {
  audio: false,
  video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: "environment" },
} as const;

/** What a refusal means, and what helps, by the name of the error. */
const REFUSALS: Readonly<Record<string, Pick<Problem, "got" | "hint">>> = {
  NotAllowedError: {
    got: "its user or the browser's settings do not allow it",
    hint: "allow the camera for this page, beside its address, and open it again",
  },
  NotFoundError: {
    got: "there is no camera here",
    hint: "connect one, or choose a picture from a file",
  },
  NotReadableError: {
    got: "the camera is in use, or does not answer",
    hint: "end the other program that uses it, and open it again",
  },
};

/** Opens a camera, of which the browser may ask its user. */
export async function openCamera(): Promise<Result<MediaStream>> {
  // Browsers hide it from pages that someone on the way could have changed.
  if (!("mediaDevices" in navigator)) {
    return refused({
      got: "a page that came over http from another machine",
      hint: "serve the page over https, or open it on the machine that serves it",
    });
  }
  try {
    return right(await navigator.mediaDevices.getUserMedia(WANTED));
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    return refused(REFUSALS[name] ?? { got: `${error}`, hint: "choose a picture from a file" });
  }
}

/** Ends a camera. */
export function closeCamera(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** What a video shows at this moment, as a picture file. */
export async function pictureOf(video: HTMLVideoElement, name: string): Promise<PictureFile> {
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  const file = await canvas.convertToBlob({ type: "image/png" });
  return { name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

function refused(why: Pick<Problem, "got" | "hint">): Result<never> {
  return fail({
    path: "camera",
    layer: "browser",
    code: "no-camera",
    rule: "the browser must give the page a camera",
    wanted: "one",
    ...why,
  });
}
