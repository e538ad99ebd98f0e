/** What the page asks its worker, and what the worker tells it. */
import type { Shape } from "../../../../dsl/net/shape.ts";
import type { Problem } from "../../../../dsl/problem/problem.ts";
import type { RgbImage } from "../../../data/image_file.ts";
import type { StepRecord } from "../../../files/steps.ts";
import type { Attention } from "../../../masks/attention.ts";
import type { FeatureMap } from "../../../masks/maps.ts";
import type { Guess, PictureFile } from "../../../training/predict.ts";
import type { Settings } from "../train/settings.ts";

/** What the worker is to do, one after the other. */
export type Asked =
  /** Compute on this backend of the engine; asked before anything else, once. */
  | { readonly kind: "engine"; readonly backend: Backend }
  /** Train a network. */
  | { readonly kind: "train"; readonly settings: Settings }
  /** Open a trained network, which the board has at an address. */
  | { readonly kind: "open"; readonly address: string; readonly named: Named }
  /** Measure how fast it is. */
  | { readonly kind: "measure" }
  /** Look at a picture file with it. */
  | { readonly kind: "look"; readonly id: number; readonly file: PictureFile };

/** Backends: `auto` takes WebGPU where there is a real graphics card, else WebAssembly. */
export const BACKENDS = ["auto", "webgpu", "wasm"] as const;

export type Backend = typeof BACKENDS[number];

/** What a trained network is called in problems, and the data set of its run, where it is known. */
export interface Named {
  readonly name: string;
  readonly data?: string;
}

/** A picture that the network does not learn from, and its class. */
export interface Shown {
  readonly picture: RgbImage;
  readonly label: string;
}

/** What the network makes of a picture at a moment of its training. */
export interface Look {
  /** The likeliest class. */
  readonly guess: string;
  /** Its probability, from 0 to 1. */
  readonly probability: number;
  /** The masks by the paths of their modules. */
  readonly masks: readonly { readonly path: string; readonly map: FeatureMap }[];
}

/** The messages of a training. */
export type TrainTold =
  | { readonly kind: "engine"; readonly engine: string }
  | { readonly kind: "start"; readonly parameters: number; readonly shown: readonly Shown[] }
  | { readonly kind: "step"; readonly record: StepRecord }
  | { readonly kind: "looks"; readonly step: number; readonly looks: readonly Look[] }
  | { readonly kind: "warning"; readonly text: string }
  /** The end, and the share of the test images that are recognised. */
  | { readonly kind: "end"; readonly accuracy: number }
  | { readonly kind: "problems"; readonly problems: readonly Problem[] };

/** A trained network that is open. */
export interface Opened {
  readonly engine: string;
  readonly parameters: number;
  readonly input: Shape;
  readonly classes: number;
}

/** What a trained network sees in a picture. */
export interface Tried {
  /** The picture as the network sees it. */
  readonly picture: RgbImage;
  /** The likeliest classes, best first. */
  readonly guesses: readonly Guess[];
  /** Grad-CAM for each of them, none of a network without maps. */
  readonly cams: readonly FeatureMap[];
  /** What its attentions do, none of a network without. */
  readonly attentions: readonly Attention[];
  /** The time that all of it took, of the first picture with the loading of the programs. */
  readonly seconds: number;
}

/** The messages of pictures that are tried. */
export type TryTold =
  | { readonly kind: "opened"; readonly opened: Opened }
  /** Seconds in which the engine computes the classes of one picture. */
  | { readonly kind: "measured"; readonly seconds: number }
  | { readonly kind: "seen"; readonly id: number; readonly tried: Tried }
  /** Why a picture cannot be looked at. */
  | { readonly kind: "unseen"; readonly id: number; readonly problems: readonly Problem[] }
  /** Why there is no network. */
  | { readonly kind: "problems"; readonly problems: readonly Problem[] };
