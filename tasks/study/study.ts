/**
 * A study as a value: a question, and arms that differ in exactly one thing at a time. An arm is
 * named by its factors; two arms that share all factors but one differ in what that factor stands
 * for and in nothing else, neither in data nor in recipe nor in any other part of the network.
 */
import type { Net } from "../../dsl/net/net.ts";
import type { Using } from "../../dsl/plan/language.ts";
import { defined } from "../../dsl/problem/defined.ts";
import type { Shape } from "../../dsl/net/shape.ts";
import type { Recipe, RunConfig } from "../training/config.ts";
import type { Scale } from "./scale.ts";

/** The values of an arm's factors, by the factors' names. */
export type Factors = Readonly<Record<string, string | number>>;

/** One of the things that are compared. */
export interface Arm extends Using {
  /** Its name, which its run folders begin with. */
  readonly name: string;
  /** What figures and tables call it. */
  readonly title: string;
  /** What distinguishes it. */
  readonly factors: Factors;
  /** The network's name, for people. */
  readonly network: string;
  /** The network. */
  readonly net: Net;
  /** The shape of an image. */
  readonly input: Shape;
  /** The data set, as `loadDataset` takes it. */
  readonly data: string;
  /** How it is trained; the seed is added for each run. */
  readonly recipe: Recipe;
  /** The test error that the paper gives, in percent. */
  readonly paper?: number | undefined;
  /** The mean absolute response of each stage that the paper plots, the first stage's being 1. */
  readonly paperResponse?: readonly number[] | undefined;
}

/** How a study's result is drawn. */
export type Figure = "comparison" | "noise" | "response";

/** A study. */
export interface Study {
  /** Its name. */
  readonly name: StudyName;
  /** A title, for people. */
  readonly title: string;
  /** What it asks. */
  readonly question: string;
  /** Where in the paper it stands. */
  readonly source: string;
  /** How large it is made. */
  readonly scale: Scale;
  /** What is compared. */
  readonly arms: readonly Arm[];
  /** How its result is drawn. */
  readonly figure: Figure;
  /** What there is to know of it besides the scale. */
  readonly notes: readonly string[];
}

/** The studies by name. */
export const STUDY_NAMES = [
  "activation",
  "learning",
  "mask",
  "noise",
  "depth",
  "response",
  "units",
  "attention",
  "recipe",
] as const;

/** The name of a study. */
export type StudyName = typeof STUDY_NAMES[number];

/** One run of a study: an arm with a seed. */
export interface ArmRun {
  /** The arm. */
  readonly arm: Arm;
  /** The seed, from 1. */
  readonly seed: number;
}

export function runName({ arm, seed }: ArmRun): string {
  return `${arm.name}-${seed}`;
}

/** The part of a run's configuration that its arm and its seed decide. */
export function armConfig(
  { arm, seed }: ArmRun,
): Pick<RunConfig, "name" | "net" | "input" | "data" | "recipe" | "language"> {
  const { network, net, input, data, recipe } = arm;
  const { language } = arm;
  return { name: network, net, input, data, recipe: { ...recipe, seed }, ...defined({ language }) };
}

/** All runs, every arm once before any arm has its next seed, so that a study that is stopped early compares all it can. */
export function runsOf({ arms }: Study, seeds: number): readonly ArmRun[] {
  return Array.from({ length: seeds }, (_, i) => i + 1)
    .flatMap((seed) => arms.map((arm) => ({ arm, seed })));
}
