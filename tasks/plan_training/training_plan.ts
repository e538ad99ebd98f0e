/**
 * A training on a number of cards: how its batch is shared, what each card holds, and how long it
 * takes. All of it from the plan of the network and data sheets; nothing is run.
 */
import type { Plan } from "../../dsl/plan/plan.ts";
import type { Gpu, Precision } from "./gpus.ts";
import { type Span, stepTime } from "./step_time.ts";
import { type StepMemory, stepMemory } from "./torch_memory.ts";

/** What is asked. */
export interface TrainingRequest {
  readonly gpu: Gpu;
  readonly precision: Precision;
  readonly batch: number;
  readonly steps: number;
}

/** How processes share what they train. */
export type Parallelism = "none" | "data" | "shards";

/** A training on so many cards. */
export interface TrainingOn {
  readonly gpus: number;
  /** Those of them that have an image of every step. */
  readonly used: number;
  /** Images of a step that each of them has. */
  readonly images: number;
  /** Parts in which it takes them, one after the other. */
  readonly parts: number;
  readonly parallelism: Parallelism;
  /** Bytes that each needs. */
  readonly memory: number;
  /** Whether it has them. */
  readonly fits: boolean;
  readonly seconds: Span;
  /** Images in a second, of all together. */
  readonly rate: Span;
}

/** The share of a card's memory that is planned with. */
export const PLANNED = 0.9;
/** What CUDA and its libraries take of it. */
export const LIBRARIES = 1e9;
/** SGD with momentum, the paper's optimiser, keeps one number for each weight. */
const MOMENTUM = 1;

/** A training of a network on so many cards. */
export function trainingOn(plan: Plan, request: TrainingRequest, gpus: number): TrainingOn {
  const { gpu, precision, batch, steps } = request;
  const used = largestDivisor(batch, gpus);
  const images = batch / used;
  const room = PLANNED * gpu.memory;
  const needs = (parts: number) =>
    stepMemory(plan, {
      images: images / parts,
      bytes: precision === "float32" ? 4 : 2,
      kept: MOMENTUM,
    });
  const ways = (used === 1 ? ["none"] as const : ["data", "shards"] as const).flatMap((way) =>
    divisors(images).map((parts) => ({ parts, way, memory: onEach(needs(parts), way, used) }))
  );
  const last = { parts: 1, way: "none" as const, memory: Infinity };
  const { parts, way, memory } = ways.find((way) => way.memory <= room) ?? ways.at(-1) ?? last;
  const { gradients } = needs(parts);
  const step = stepTime(plan, { gpu, precision, gpus: used, images, parts, gradients });
  return {
    ...{ gpus, used, images, parts, parallelism: way, memory, fits: memory <= room },
    seconds: { least: steps * step.least, most: steps * step.most },
    rate: { least: batch / step.most, most: batch / step.least },
  };
}

/** What each of the processes that share a training holds. */
function onEach({ state, gradients, peak }: StepMemory, way: Parallelism, used: number): number {
  // Gradients of several processes lie in buffers of their own, beside those on their way there.
  const all = LIBRARIES + peak + (way === "none" ? 0 : gradients);
  return way === "shards" ? all - (state + gradients) * (1 - 1 / used) : all;
}

function divisors(number: number): readonly number[] {
  return Array.from({ length: number }, (_, i) => i + 1).filter((part) => number % part === 0);
}

function largestDivisor(number: number, most: number): number {
  let found = Math.min(number, most);
  while (number % found !== 0) found--;
  return found;
}
