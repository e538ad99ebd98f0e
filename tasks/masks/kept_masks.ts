/**
 * Masks that a run keeps as it trains: `masks.jsonl` in its folder, a line with the pictures and
 * then one for the first weights and one for each epoch with what the network makes of them. A mask is kept as the mean of its
 * channels, in 256 steps from its smallest number to its largest.
 */
import { join } from "@std/path";
import * as v from "valibot";
import type { RgbImage } from "../data/image_file.ts";
import { keepLines, readLines } from "../files/json_lines.ts";
import type { RunFolder } from "../files/run_folder.ts";
import { attempt, orThrow, type Result } from "../fp.ts";
import { parsed, record } from "../parsed.ts";
import type { Seen } from "./attention.ts";
import { ends, meanMap } from "./maps.ts";

const size = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const bytes = v.pipe(v.string(), v.base64());

interface Sized {
  readonly height: number;
  readonly width: number;
  readonly pixels: string;
}

/** Whether pixels of so many bytes each fill their height and width. */
function isFilled({ height, width, pixels }: Sized, each: number): boolean {
  const padding = pixels.length - pixels.replace(/=+$/, "").length;
  return pixels.length / 4 * 3 - padding === height * width * each;
}

const FILLED = "as many bytes as its height and width say";

const PICTURE = v.pipe(
  record({ label: v.string(), height: size, width: size, pixels: bytes }),
  v.check((picture) => isFilled(picture, 3), FILLED),
);

const MASK = v.pipe(
  record({
    path: v.string(),
    height: size,
    width: size,
    low: finite,
    high: finite,
    pixels: bytes,
  }),
  v.check((mask) => isFilled(mask, 1), FILLED),
);

const LOOK = record({ guess: v.string(), probability: finite, masks: v.array(MASK) });

const PICTURES = record({ pictures: v.array(PICTURE) });
const EPOCH = record({ epoch: count, step: count, looks: v.array(LOOK) });

/** A picture that is looked at: red, green and blue of each pixel in base64, row after row, and its class. */
export type KeptPicture = v.InferOutput<typeof PICTURE>;

/** The mean of a mask's channels: a byte for each position in base64, 0 for `low` and 255 for `high`. */
export type KeptMask = v.InferOutput<typeof MASK>;

/** What the network makes of the pictures after an epoch, one after the other. */
export type KeptEpoch = v.InferOutput<typeof EPOCH>;

/** What a run has kept; nothing where it was not asked to. */
export interface KeptMasks {
  readonly pictures: readonly KeptPicture[];
  /** Oldest first, with the first weights as epoch 0. */
  readonly epochs: readonly KeptEpoch[];
}

/** The file of a run. */
export function masksFile({ folder }: Pick<RunFolder, "folder">): string {
  return join(folder, "masks.jsonl");
}

/** A picture as it is kept. */
export function keptPicture({ height, width, pixels }: RgbImage, label: string): KeptPicture {
  return { label, height, width, pixels: pixels.toBase64() };
}

/** What the network makes of the pictures, as it is kept. */
export function keptLooks(seen: readonly Seen[]): KeptEpoch["looks"] {
  return seen.map(({ guess, probability, attentions }) => ({
    guess,
    probability,
    masks: attentions.map(({ path, mask }) => {
      const mean = meanMap(mask);
      const [low, high] = ends(mean);
      const pixels = Uint8Array.from(
        mean.data,
        (value) => Math.round(255 * (value - low) / (high - low || 1)),
      );
      const { height, width } = mean;
      return { path, height, width, low, high, pixels: pixels.toBase64() };
    }),
  }));
}

/** What a run has kept; none of a run without the file. */
export function readMasks(run: Pick<RunFolder, "folder">): Promise<Result<KeptMasks>> {
  return attempt(async () => {
    const path = masksFile(run);
    const [first, ...others] = orThrow(await readLines(path));
    if (first === undefined) return { pictures: [], epochs: [] };
    const inLine = (i: number) => ({ path: `${path}: line ${i + 1}`, layer: "file" });
    const { pictures } = orThrow(parsed(PICTURES, first, inLine(0)));
    const epochs = others.map((line, i) => orThrow(parsed(EPOCH, line, inLine(i + 1))));
    return { pictures, epochs };
  });
}

/** Drops what is newer than an epoch: on resuming, what is newer than the checkpoint. */
export function truncateMasks(
  run: Pick<RunFolder, "folder">,
  epoch: number,
): Promise<Result<void>> {
  return keepLines(masksFile(run), (line) => !(Number(line.epoch) > epoch));
}
