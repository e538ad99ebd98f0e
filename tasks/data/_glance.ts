/**
 * A glance at a picture file: whether its first bytes are those of a picture and its last bytes an
 * end. It reads a few kilobytes, so that a set of a million files can be looked through; a file
 * that looks doubtful is decoded whole, and only what cannot be decoded is called broken.
 */
import type { Problem } from "../fp.ts";
import { ioProblem } from "../files/io_problem.ts";
import { LARGEST, openRegular, readPart } from "../files/regular.ts";
import { readImage } from "./image_file.ts";
import { viewOf } from "./picture/format.ts";
import { JPEG } from "./picture/jpeg.ts";
import { PNG } from "./picture/png.ts";
import { WEBP } from "./picture/webp.ts";

const HEAD = 64;
const TAIL = 4096;
const PNG_END = [0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82];

/** What is wrong with a file, as far as it shows at a glance; nothing for a file that looks whole. */
export async function glance(path: string): Promise<Problem | undefined> {
  const opened = await openRegular(path, LARGEST.image);
  if (opened._tag === "Left") return opened.left[0];
  try {
    if (await looksWhole(opened.right)) return undefined;
  } catch (error) {
    return ioProblem(error, path, "read");
  } finally {
    opened.right.file.close();
  }
  const image = await readImage(path);
  return image._tag === "Left" ? image.left[0] : undefined;
}

async function looksWhole(
  { file, size }: { readonly file: Deno.FsFile; readonly size: number },
): Promise<boolean> {
  const head = await part(file, 0, Math.min(size, HEAD));
  const tail = await part(file, Math.max(0, size - TAIL), Math.min(size, TAIL));
  if (JPEG.begins(head)) {
    return tail.some((byte, i) => byte === 0xff && tail[i + 1] === 0xd9);
  }
  // A RIFF file says how long it is behind its first four bytes.
  if (WEBP.begins(head)) return 8 + viewOf(head).getUint32(4, true) <= size;
  const isEnd = PNG_END.every((byte, i) => tail[tail.length - PNG_END.length + i] === byte);
  return PNG.begins(head) && isEnd;
}

async function part(file: Deno.FsFile, from: number, length: number): Promise<Uint8Array> {
  await file.seek(from, Deno.SeekMode.Start);
  return await readPart(file, length);
}
