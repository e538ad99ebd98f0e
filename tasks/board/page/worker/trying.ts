/** Trained networks in the page: what they see in pictures, and what their attentions do. */
import type { Engine } from "../../../../dsl/engines/engine.ts";
import { outputsOf, withLoaded } from "../../../../dsl/engines/loaded.ts";
import { params } from "../../../../dsl/interpreters/counts/params.ts";
import { inference } from "../../../../dsl/programs/inference.ts";
import { asMeasured } from "../../../data/as_measured.ts";
import { decodeImage, type RgbImage } from "../../../data/image_file.ts";
import { prepareImage } from "../../../data/prepare_image.ts";
import { resize } from "../../../data/resize.ts";
import { attempt, orThrow, type Result } from "../../../fp.ts";
import { attentionForks, lookAt } from "../../../masks/attention.ts";
import { gradCams } from "../../../masks/grad_cam.ts";
import { decodeCheckpoint } from "../../../training/checkpoint.ts";
import { ranking } from "../../../training/measure.ts";
import { type PictureFile, predict } from "../../../training/predict.ts";
import { type Seen, trainedOf } from "../../../training/trained.ts";
import { answerAt } from "../answer.ts";
import type { Named, Opened, Tried } from "./messages.ts";

/** Fetches a trained network from where the board has it. */
export function trained(address: string, { name, data }: Named): Promise<Result<Seen>> {
  return attempt(async () => {
    const file = orThrow(await answerAt(address, (answer) => answer.arrayBuffer()));
    // The board has compared its checksum.
    const checkpoint = orThrow(decodeCheckpoint(new Uint8Array(file), name, { isChecked: true }));
    const { plan } = trainedOf(checkpoint, {}, {});
    return { checkpoint, plan, ...(data === undefined ? {} : { data }) };
  });
}

/** The message of a network that is open. */
export function openedOf({ plan, checkpoint }: Seen, engine: Engine): Opened {
  return {
    engine: engine.description,
    parameters: params(plan).total,
    input: checkpoint.input,
    classes: checkpoint.classes.length,
  };
}

/** How long a network is measured at most, in seconds, and how often. */
const [MEASURED, RUNS] = [0.5, 20];

/**
 * The seconds in which an engine computes the classes of one picture, whose program is loaded and has
 * run before: the median of some runs.
 */
export function secondsOf({ checkpoint, plan }: Seen, engine: Engine): Promise<Result<number>> {
  return attempt(() =>
    withLoaded(engine, inference(plan, 1), checkpoint.tensors, async (loaded) => {
      const images = new Float32Array(checkpoint.input.reduce((all, size) => all * size, 1));
      // An engine makes ready at the first run.
      await outputsOf(loaded, { images });
      const runs: number[] = [];
      const begun = performance.now();
      do {
        const before = performance.now();
        await outputsOf(loaded, { images });
        runs.push((performance.now() - before) / 1000);
      } while (runs.length < RUNS && performance.now() - begun < 1000 * MEASURED);
      return runs.toSorted((a, b) => a - b)[Math.floor(runs.length / 2)] ?? NaN;
    })
  );
}

/** What a trained network sees in a picture file, as `predict` and `masks` tell it. */
export function tried(
  network: Seen,
  { name, bytes }: PictureFile,
  engine: Engine,
): Promise<Result<Tried>> {
  return attempt(async () => {
    const { checkpoint, plan, data } = network;
    const { input: [height = 0, width = 0, depth], normalization } = checkpoint;
    const decoded = orThrow(decodeImage(bytes, name));
    const begun = performance.now();
    const size = { height, width };
    const image = data === undefined ? decoded : asMeasured(decoded, data, size);
    const channels = depth === 1 ? 1 : 3;
    const values = orThrow(prepareImage(image, { ...size, channels, normalization }));
    const shape = [height, width, channels];
    const [prediction] = orThrow(await predict(checkpoint, { values, shape }, { engine }));
    const { guesses = [], logits = new Float32Array() } = prediction ?? {};
    const classes = ranking(logits).slice(0, guesses.length);
    const run = { folder: name };
    const [seen] = attentionForks(plan).length === 0
      ? []
      : orThrow(await lookAt({ plan, checkpoint, run }, [image], engine));
    return {
      picture: shrunk(image, size),
      guesses,
      cams: await gradCams(network, { values, classes }, engine),
      attentions: seen?.attentions ?? [],
      seconds: (performance.now() - begun) / 1000,
    };
  });
}

/** A picture in the size in which the network sees it. */
function shrunk(image: RgbImage, size: Pick<RgbImage, "height" | "width">): RgbImage {
  return { ...size, pixels: Uint8Array.from(resize(image.pixels, image, size), Math.round) };
}
