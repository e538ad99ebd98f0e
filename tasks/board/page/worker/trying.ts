/** Trained networks in the page: what they see in pictures, and what their attentions do. */
import type { Engine } from "../../../../dsl/engines/engine.ts";
import { type Loaded, outputsOf } from "../../../../dsl/engines/loaded.ts";
import type { Graph } from "../../../../dsl/graph/graph.ts";
import { params } from "../../../../dsl/interpreters/counts/params.ts";
import { inference } from "../../../../dsl/programs/inference.ts";
import { asMeasured } from "../../../data/as_measured.ts";
import { decodeImage, type RgbImage } from "../../../data/image_file.ts";
import { prepareImage } from "../../../data/prepare_image.ts";
import { resize } from "../../../data/resize.ts";
import { attempt, orThrow, type Result } from "../../../fp.ts";
import { attentionForks, attentionProgram, seenIn } from "../../../masks/attention.ts";
import { camProgram, camsIn } from "../../../masks/grad_cam.ts";
import { decodeCheckpoint } from "../../../training/checkpoint.ts";
import { logitsOf, ranking } from "../../../training/measure.ts";
import { type PictureFile, predictionOf } from "../../../training/predict.ts";
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

/** A trained network on an engine: each of its programs is loaded when it is first needed, and kept. */
export interface Trying {
  readonly network: Seen;
  /** The program that answers. */
  readonly classes: () => Loaded;
  /** The one that shows attentions; nothing of a network without. */
  readonly attentions: () => Loaded | undefined;
  /** The one of Grad-CAM for the likeliest classes; nothing of a network without maps. */
  readonly cams: () => Loaded | undefined;
  /** Gives back what all of them hold on the engine. */
  readonly close: () => void;
}

/** The likeliest classes that are named. */
const TOP = 5;

/** Opens a trained network on an engine. */
export function openTrying(network: Seen, engine: Engine): Trying {
  const { plan, checkpoint: { tensors, classes } } = network;
  const state = engine.upload(tensors);
  const all: Loaded[] = [];
  const loaded = (graph: Graph): Loaded => {
    const one = { engine, program: engine.load(graph), state };
    all.push(one);
    return one;
  };
  return {
    network,
    classes: once(() => loaded(inference(plan, 1))),
    attentions: once(() =>
      attentionForks(plan).length === 0 ? undefined : loaded(attentionProgram(plan))
    ),
    cams: once(() => {
      const program = camProgram(plan, Math.min(TOP, classes.length));
      return program && loaded(program);
    }),
    close: () => {
      engine.free(state);
      for (const { program } of all) program.dispose();
    },
  };
}

/** What something gives that is done once, when it is first asked for. */
function once<A>(make: () => A): () => A {
  let made: { readonly value: A } | undefined;
  return () => (made ??= { value: make() }).value;
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
export function secondsOf({ network, classes }: Trying): Promise<Result<number>> {
  return attempt(async () => {
    const { input } = network.checkpoint;
    const images = new Float32Array(input.reduce((all, size) => all * size, 1));
    // An engine makes ready at the first run.
    await outputsOf(classes(), { images });
    const runs: number[] = [];
    const begun = performance.now();
    do {
      const before = performance.now();
      await outputsOf(classes(), { images });
      runs.push((performance.now() - before) / 1000);
    } while (runs.length < RUNS && performance.now() - begun < 1000 * MEASURED);
    return runs.toSorted((a, b) => a - b)[Math.floor(runs.length / 2)] ?? NaN;
  });
}

/** What a trained network sees in a picture file, as `predict` and `masks` tell it. */
export function tried(open: Trying, { name, bytes }: PictureFile): Promise<Result<Tried>> {
  return attempt(async () => {
    const { checkpoint, plan, data } = open.network;
    const { input: [height = 0, width = 0, depth], normalization, classes } = checkpoint;
    const decoded = orThrow(decodeImage(bytes, name));
    const begun = performance.now();
    const size = { height, width };
    const image = data === undefined ? decoded : asMeasured(decoded, data, size);
    const channels = depth === 1 ? 1 : 3;
    const values = orThrow(prepareImage(image, { ...size, channels, normalization }));
    const logits = orThrow(await logitsOf(open.classes(), values));
    const { guesses } = predictionOf(name, logits, { classes, top: TOP });
    const likeliest = ranking(logits).slice(0, guesses.length);
    const [attentions, cams] = [open.attentions(), open.cams()];
    return {
      picture: shrunk(image, size),
      guesses,
      cams: cams ? await camsIn(plan, { values, classes: likeliest }, cams) : [],
      attentions: attentions
        ? (await seenIn({ plan, classes }, values, attentions)).attentions
        : [],
      seconds: (performance.now() - begun) / 1000,
    };
  });
}

/** A picture in the size in which the network sees it. */
function shrunk(image: RgbImage, size: Pick<RgbImage, "height" | "width">): RgbImage {
  return { ...size, pixels: Uint8Array.from(resize(image.pixels, image, size), Math.round) };
}
