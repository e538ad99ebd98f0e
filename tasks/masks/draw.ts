/** Sheets of masks of a run, for picture files and for images of its test set. */
import type { Plan } from "../../dsl/plan/plan.ts";
import { channelsOf } from "../../dsl/net/shape.ts";
import { attempt, orThrow, ProblemError } from "../../dsl/problem/throw.ts";
import { type Result, right } from "../../dsl/problem/result.ts";
import { areFiles, type Dataset, imageBytes, type ImageSet } from "../data/dataset.ts";
import { join } from "@std/path";
import { asMeasured } from "../data/as_measured.ts";
import { readImage, type RgbImage } from "../data/image_file.ts";
import { loadDataset } from "../data/load.ts";
import type { OnProgress } from "../data/progress.ts";
import { withEngine } from "../training/engine.ts";
import { openTrained, type UseOptions } from "../training/trained.ts";
import { attentionForks, lookAt } from "./attention.ts";
import { maskSheet } from "./sheet.ts";

/** Options of {@link drawMasks}. */
export interface MaskSheetOptions extends UseOptions {
  /** Channels of each mask to show. */
  readonly channels?: readonly number[];
  /** The run's data set, when netfold does not know it by name. */
  readonly dataset?: Dataset<ImageSet>;
  /** Is told of the loading of the data set. */
  readonly onProgress?: OnProgress;
}

/** A sheet. */
export interface MaskSheet {
  /** A name for its file, without an ending. */
  readonly name: string;
  /** The sheet. */
  readonly svg: string;
}

/**
 * Draws a sheet for each picture: the path of a PNG or JPEG file, or the number
 * of an image of the run's test set, from 0. Needs `--allow-read` for the run
 * and the pictures.
 */
export function drawMasks(
  folder: string,
  pictures: readonly string[],
  options: MaskSheetOptions = {},
): Promise<Result<readonly MaskSheet[]>> {
  return attempt(async () => {
    const trained = await openTrained(folder, options);
    const { config, checkpoint } = trained;
    const numbered = pictures.some(isNumber);
    const { onProgress = () => {} } = options;
    const dataset = !numbered
      ? undefined
      : options.dataset ?? orThrow(await loadDataset(config.data, { onProgress }));
    const found = await Promise.all(pictures.map((text) => pictureOf(text, dataset)));
    const problems = found.flatMap((picture) => picture._tag === "Left" ? picture.left : []);
    if (problems.length > 0) throw new ProblemError(problems);
    const [height = 0, width = 0] = checkpoint.input;
    const images = found.map(orThrow).map(({ image, ...words }) => ({
      ...words,
      image: asMeasured(image, config.data, { height, width }),
    }));
    const { channels } = options;
    checkChannels(channels ?? [], trained.plan);
    return await withEngine(options, async (engine) => {
      const seen = orThrow(await lookAt(trained, images.map(({ image }) => image), engine));
      return images.map(({ image, name, title }, i) => {
        const look = seen[i];
        if (look === undefined) throw new RangeError(`Cannot show picture ${i}: it was not seen`);
        const subtitle = `${config.name} of ${folder}, ${options.weights ?? "best"} weights, ` +
          `trained on ${config.data} (${checkpoint.position.step} steps)`;
        const svg = maskSheet(image, look, {
          title,
          subtitle,
          ...(channels === undefined ? {} : { channels }),
        });
        return { name, svg };
      });
    });
  });
}

/** Refuses a channel that not every mask has. */
function checkChannels(channels: readonly number[], plan: Plan): void {
  const fewest = attentionForks(plan).reduce(
    (least, { output }) => Math.min(least, channelsOf(output)),
    Infinity,
  );
  const outside = channels.filter((channel) => channel >= fewest);
  if (outside.length === 0) return;
  throw new ProblemError([{
    path: "channels",
    layer: "option",
    code: "unknown-channel",
    rule: "a channel is one that every mask has",
    got: outside.join(", "),
    wanted: `0 to ${fewest - 1}`,
    hint: "",
  }]);
}

interface Picture {
  readonly image: RgbImage;
  readonly name: string;
  readonly title: string;
}

const isNumber = (text: string): boolean => /^\d+$/.test(text);

async function pictureOf(
  text: string,
  dataset: Dataset<ImageSet> | undefined,
): Promise<Result<Picture>> {
  if (dataset === undefined || !isNumber(text)) {
    const image = await readImage(text);
    const name = text.replace(/^.*[/\\]/, "");
    return image._tag === "Left"
      ? image
      : right({ image: image.right, name: name.replace(/\.[a-z]+$/i, ""), title: name });
  }
  return await testImage(dataset, Number(text));
}

async function testImage(
  { test, classes, name }: Dataset<ImageSet>,
  index: number,
): Promise<Result<Picture>> {
  if (index >= test.count) {
    throw new ProblemError([{
      path: `${index}`,
      layer: "option",
      code: "unknown-image",
      rule: "a number is that of a test image",
      got: `${index}`,
      wanted: `0 to ${test.count - 1}, or the path of a picture`,
      hint: "",
    }]);
  }
  const title = `test image ${index} of ${name}: ${classes[test.labels[index] ?? -1] ?? ""}`;
  if (areFiles(test)) {
    const image = await readImage(join(test.folder, test.paths[index] ?? ""));
    return image._tag === "Left"
      ? image
      : right({ image: image.right, name: `test-${index}`, title });
  }
  const [height, width, channels] = test.shape;
  const bytes = imageBytes(test.shape);
  const own = test.pixels.subarray(index * bytes, (index + 1) * bytes);
  const pixels = channels === 3
    ? own
    : Uint8Array.from({ length: height * width * 3 }, (_, i) => own[Math.floor(i / 3)] ?? 0);
  return right({ image: { height, width, pixels }, name: `test-${index}`, title });
}
