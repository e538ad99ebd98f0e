/// <reference lib="deno.worker" />
/** A worker that reads picture files, decodes them and cuts views out of them. */
import { readImage } from "./image_file.ts";
import type { DecodeAnswer, DecodeRequest } from "./_decode_pool.ts";
import { viewOf } from "./_views.ts";

self.onmessage = async ({ data }: MessageEvent<DecodeRequest>) => {
  const { id, path, views, size } = data;
  const picture = await readImage(path);
  if (picture._tag === "Left") {
    const answer: DecodeAnswer = { id, problems: picture.left };
    self.postMessage(answer);
    return;
  }
  const pixels = views.map((view) => viewOf(picture.right, view, size));
  const answer: DecodeAnswer = { id, pixels };
  self.postMessage(answer, pixels.map(({ buffer }) => buffer));
};
