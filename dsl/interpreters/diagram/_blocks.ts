/**
 * Layers as people draw them: a convolution is one block with the batch norm
 * and the rectifier that belong to it, before it in pre-activation networks,
 * after it in others.
 */
import type { LayerPlan } from "../../plan/plan.ts";
import type { Shape } from "../../net/shape.ts";
import { counted, isLight, kindOf, layerLabel, short, typeName } from "./_words.ts";

/** Layers that are drawn as one. */
export interface Block {
  /** What is done before the main layer: `BN · ReLU`. */
  readonly before: string;
  /** The layer that the block is about; the first when no one is. */
  readonly main: LayerPlan;
  /** What is said of it. */
  readonly label: string;
  /** What is done after it. */
  readonly after: string;
  readonly input: Shape;
  readonly output: Shape;
}

/**
 * The blocks of layers in a row. A row that begins with a norm or a rectifier
 * is pre-activation: those belong to the convolution that follows.
 */
export function blocksOf(layers: readonly LayerPlan[]): readonly Block[] {
  const [first] = layers;
  const early = first !== undefined && isLight(first);
  const blocks: Raw[] = [];
  let waiting: LayerPlan[] = [];
  for (const layer of layers) {
    const last = blocks.at(-1);
    if (isHost(layer)) {
      blocks.push({ before: waiting, main: layer, after: [] });
      waiting = [];
    } else if (!isLight(layer)) {
      blocks.push(...alone(waiting), { before: [], main: layer, after: [] });
      waiting = [];
    } else if (!early && waiting.length === 0 && last !== undefined && isHost(last.main)) {
      last.after.push(layer);
    } else {
      waiting.push(layer);
    }
  }
  return [...blocks, ...alone(waiting)].map(blockOf);
}

interface Raw {
  readonly before: readonly LayerPlan[];
  readonly main: LayerPlan;
  readonly after: LayerPlan[];
}

/** Norms and rectifiers that belong to no convolution. */
function alone(layers: readonly LayerPlan[]): readonly Raw[] {
  const [main, ...after] = layers;
  return main === undefined ? [] : [{ before: [], main, after }];
}

function blockOf({ before, main, after }: Raw): Block {
  const input = (before[0] ?? main).input;
  const output = (after.at(-1) ?? main).output;
  return isLight(main)
    ? { before: "", main, label: words([main, ...after]), after: "", input, output }
    : { before: words(before), main, label: layerLabel(main), after: words(after), input, output };
}

/** Whether norms and rectifiers beside it belong to it. */
function isHost(layer: LayerPlan): boolean {
  const kind = kindOf(layer);
  return kind === "convolution" || kind === "dense";
}

function words(layers: readonly LayerPlan[]): string {
  return short(counted(layers.map(typeName)), " · ");
}
