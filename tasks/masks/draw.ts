/** Sheets of masks of a run, for picture files and for images of its test set. */
import { basename, join } from "@std/path";
import type { WantedOf } from "../../dsl/problem/expect.ts";
import {
  ANYTHING,
  expected,
  FUNCTION,
  listOf,
  optional,
  TEXT,
  WHOLE,
} from "../../dsl/problem/expect.ts";
import type { ForkPlan } from "../../dsl/plan/plan.ts";
import { channelsOf } from "../../dsl/net/shape.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";
import { areFiles, areRead, checkDataset, imageBytes, testOf } from "../data/dataset.ts";
import { asMeasured } from "../data/as_measured.ts";
import { readImage, type RgbImage } from "../data/image_file.ts";
import type { OnProgress } from "../data/progress.ts";
import { allOfAsync, attempt, E, orThrow, RA, refused, type Result, right } from "../fp.ts";
import { withEngine } from "../training/engine.ts";
import { runData } from "../training/run_data.ts";
import { openTrained, type UseOptions } from "../training/trained.ts";
import { attentionsIn, lookAt, maskOf } from "./attention.ts";

/** Options of {@link drawMasks}. */
export interface MaskSheetOptions extends UseOptions {
  /** The channels of each mask to show; the three that differ most between positions by default. */
  readonly channels?: readonly number[] | undefined;
  /** The run's data set, when netfold does not know it by name. */
  readonly dataset?: Dataset<ImageSet>;
  /** Called as loading the data set proceeds. */
  readonly onProgress?: OnProgress;
}

const OWN: WantedOf<Omit<MaskSheetOptions, keyof UseOptions>> = {
  channels: optional(listOf(WHOLE)),
  dataset: ANYTHING,
  onProgress: optional(FUNCTION),
};

/** What attention does to a picture, drawn. */
export interface MaskSheet {
  /** A name for its file, without an ending. */
  readonly name: string;
  /** The sheet, an SVG document. */
  readonly svg: string;
}

/**
 * Draws a sheet for each picture: the path of a picture file, or the number of an image of the
 * run's test set, from 0. Needs `--allow-read` for the run and the pictures.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { arl, chain, orThrow } from "@netfold/netfold";
 * import { shapes } from "@netfold/netfold/data";
 * import { conv, dense, globalAveragePool, sigmoid } from "@netfold/netfold/layers";
 * import { drawMasks, train } from "@netfold/netfold/train";
 *
 * const attention = arl(conv("same"), chain(conv("same"), sigmoid()));
 * const net = chain(conv(4, { stride: 4 }), attention, globalAveragePool(), dense(10));
 * const dataset = orThrow(shapes({ count: 40, testCount: 10 }));
 * const folder = await Deno.makeTempDir();
 * const recipe = { epochs: 1, batch: 8, validation: 8 };
 * const out = `${folder}/run`;
 * orThrow(await train({ net, data: dataset, out, recipe, backend: "cpu" }));
 * const sheets = orThrow(await drawMasks(out, ["0", "1"], { dataset, backend: "cpu" }));
 * assertEquals(sheets.map(({ name }) => name), ["test-0", "test-1"]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function drawMasks(
  folder: string,
  pictures: readonly string[],
  options: MaskSheetOptions = {},
): Promise<Result<readonly MaskSheet[]>> {
  return attempt(async () => {
    const trained = await openTrained(folder, options, OWN);
    expected(pictures, { ...listOf(TEXT), hint: "give paths of pictures, or numbers as text" });
    const { config, checkpoint, plan, run } = trained;
    const { dataset: given, channels, weights = "best", onProgress = () => {} } = options;
    orThrow(checkChannels(channels ?? [], orThrow(attentionsIn(plan, run.folder))));
    // Files are read before the data set is loaded, which can take long.
    const { left: paths, right: numbers } = RA.partition(isNumber)(pictures);
    const pictured = new Map(await picturesBy(paths, pictureIn));
    if (numbers.length > 0) {
      const dataset = orThrow(checkDataset(await runData(config.data, given, { onProgress })));
      const open = (text: string) => testImage(dataset, Number(text));
      for (const [text, picture] of await picturesBy(numbers, open)) pictured.set(text, picture);
    }
    const found = pictures.flatMap((text) => pictured.get(text) ?? []);
    const [height = 0, width = 0] = checkpoint.input;
    const images = found.map(({ image }) => asMeasured(image, config.data, { height, width }));
    const seen = orThrow(await withEngine(options, (engine) => lookAt(trained, images, engine)));
    const { maskSheet } = await import("./sheet.ts");
    const subtitle = `${config.name} of ${folder}, ${weights} weights, ` +
      `trained on ${config.data} (${checkpoint.position.step} steps)`;
    return RA.zip(RA.zip(found, images), seen).map(([[{ name, title }, image], look]) => ({
      name,
      svg: maskSheet(image, look, { title, subtitle, channels }),
    }));
  });
}

/** Refuses a channel that not every mask has. */
function checkChannels(
  channels: readonly number[],
  forks: readonly ForkPlan[],
): Result<void> {
  const fewest = forks.reduce(
    (least, fork) => Math.min(least, channelsOf(maskOf(fork))),
    Infinity,
  );
  const outside = channels.filter((channel) => channel >= fewest);
  if (outside.length === 0) return right(undefined);
  return refused({ path: "channels", layer: "option", code: "unknown-channel" }, {
    rule: "a channel is one that every mask has",
    got: outside.join(", "),
    wanted: `0 to ${fewest - 1}`,
  });
}

interface Picture {
  readonly image: RgbImage;
  readonly name: string;
  readonly title: string;
}

const isNumber = (text: string): boolean => /^\d+$/.test(text);

/** Pictures by what names them, or everything that is wrong with them. */
async function picturesBy(
  texts: readonly string[],
  open: (text: string) => Promise<Result<Picture>>,
): Promise<readonly (readonly [text: string, picture: Picture])[]> {
  return RA.zip(texts, orThrow(await allOfAsync(texts.map((text) => () => open(text)))()));
}

async function pictureIn(text: string): Promise<Result<Picture>> {
  const title = basename(text);
  const named = (image: RgbImage) => ({ image, name: title.replace(/\.[a-z]+$/i, ""), title });
  return E.map(named)(await readImage(text));
}

async function testImage(dataset: Dataset<ImageSet>, index: number): Promise<Result<Picture>> {
  const { classes, name: data } = dataset;
  const test = orThrow(testOf(dataset));
  if (index >= test.count) {
    return refused({ path: `${index}`, layer: "option", code: "unknown-image" }, {
      rule: "a number is that of a test image",
      got: `${index}`,
      wanted: `0 to ${test.count - 1}, or the path of a picture`,
    });
  }
  const name = `test-${index}`;
  const title = `test image ${index} of ${data}: ${classes[test.labels[index] ?? -1] ?? ""}`;
  if (areFiles(test)) {
    const image = await readImage(join(test.folder, test.paths[index] ?? ""));
    return E.map((image: RgbImage) => ({ image, name, title }))(image);
  }
  const [height, width, channels] = test.shape;
  const bytes = imageBytes(test.shape);
  const own = areRead(test)
    ? await test.read([index])
    : test.pixels.subarray(index * bytes, (index + 1) * bytes);
  const pixels = channels === 3
    ? own
    : Uint8Array.from({ length: height * width * 3 }, (_, i) => own[Math.floor(i / 3)] ?? 0);
  return right({ image: { height, width, pixels }, name, title });
}
