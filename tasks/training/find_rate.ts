/**
 * A learning rate range test: some hundred steps of the very training that `train` would begin, with
 * a rate that grows from step to step, until the loss explodes. Nothing is kept of it on the disk.
 */
import {
  COUNT,
  FUNCTION,
  needed,
  NUMBER,
  optional,
  type WantedOf,
} from "../../dsl/problem/expect.ts";
import { optimizerOf } from "../../dsl/programs/optimizers/optimizers.ts";
import { attempt, orThrow, ProblemError, refused, type Result, right } from "../fp.ts";
import type { Recipe } from "./config.ts";
import { hooksInMemory, withoutFolder } from "./in_memory.ts";
import { type LoopHooks, type LoopRun, runLoop } from "./loop.ts";
import type { Prepared } from "./prepare.ts";
import { adviceOf, type RateAdvice, rateAt, type RateStep, RateSteps } from "./rate_test.ts";
import { graphsOf } from "./recipe.ts";
import { OTHERS, REQUEST, type TrainRequest, type TrainWatch } from "./request.ts";
import { NOT_FINITE } from "./steps.ts";

/** A range test: what `train` is asked for, but for a folder, and the rates to try. */
export interface RateRequest extends Omit<TrainRequest, "out"> {
  /** The rate of the first step; a thousandth of the recipe's by default. */
  readonly minRate?: number;
  /** The rate of the last step; a hundred times the recipe's by default. */
  readonly maxRate?: number;
  /** Steps; 200 by default. */
  readonly steps?: number;
}

/** Who watches a range test. */
export interface RateWatch
  extends Pick<TrainWatch, "onStep" | "onNote" | "onBroken" | "onWarning" | "interrupted"> {
  /** Called once everything is ready. */
  readonly onStart?: (start: RateStart) => void;
}

/** How a range test begins. */
export interface RateStart {
  /** The engine, in words. */
  readonly engine: string;
  /** Training images. */
  readonly images: number;
  /** The rate of the first step. */
  readonly minRate: number;
  /** The rate of the last step. */
  readonly maxRate: number;
  /** Steps. */
  readonly steps: number;
}

/** What a range test found. */
export interface RateTest extends RateAdvice {
  /** Its steps, up to the last whose loss was a number. */
  readonly steps: readonly RateStep[];
  /** Whether it went to the largest rate, ended when the loss exploded, or was asked to stop. */
  readonly end: "complete" | "exploded" | "interrupted";
}

const WATCH: WantedOf<RateWatch> = {
  onStart: optional(FUNCTION),
  onStep: optional(FUNCTION),
  onNote: optional(FUNCTION),
  onBroken: optional(FUNCTION),
  onWarning: optional(FUNCTION),
  interrupted: optional(FUNCTION),
};

const STEPS = 200;
/** What the recipe's rate is divided and multiplied by. */
const [BELOW, ABOVE] = [1000, 100];

/**
 * Tries learning rates: trains on what {@link train} would, batch for batch, with a rate that grows
 * by the same factor from step to step, until the smoothed loss is four times its least. The
 * recipe's schedule, and those of its groups, are left out; factors of groups stay. Images have the
 * size with which the recipe begins. No folder is made or changed.
 *
 * The suggestion is the rate at which the loss fell steepest (as in Lightning's tuner), where a step
 * gains most; that of the lowest loss is too high for many steps.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { chain, orThrow } from "@netfold/netfold";
 * import { shapes } from "@netfold/netfold/data";
 * import { conv, dense, globalAveragePool, relu } from "@netfold/netfold/layers";
 * import { findRate } from "@netfold/netfold/train";
 *
 * const net = chain(conv(8, { kernel: 3, stride: 4 }), relu(), globalAveragePool(), dense(10));
 * const data = orThrow(shapes({ count: 40, testCount: 10 }));
 * const recipe = { batch: 32, validation: 8, augment: "none" } as const;
 * const found = orThrow(await findRate({ net, data, recipe, steps: 40, backend: "cpu" }));
 * assert(found.suggestion !== undefined && found.suggestion < 10);
 * ```
 */
export function findRate(request: RateRequest, watch: RateWatch = {}): Promise<Result<RateTest>> {
  return attempt(() => {
    const numbers = {
      minRate: optional(NUMBER),
      maxRate: optional(NUMBER),
      steps: optional(COUNT),
    };
    needed(request, { ...REQUEST, ...numbers }, OTHERS);
    needed(watch, WATCH);
    const { minRate: _, maxRate: __, steps = STEPS, ...rest } = request;
    const asked = { ...rest, recipe: testRecipe(request.recipe, steps) };
    return withoutFolder(asked, watch, async (ready): Promise<RateTest> => {
      const { config, prepared, engine, start } = ready;
      const { minRate = config.recipe.rate / BELOW, maxRate = config.recipe.rate * ABOVE } =
        request;
      const range = orThrow(checkRange({ minRate, maxRate, steps }));
      watch.onStart?.({ engine: engine.description, images: prepared.train.count, ...range });
      const tried = new RateSteps(steps);
      const loop: LoopRun = {
        ...{ config, prepared: inOneSize(prepared), engine, start },
        optimizer: orThrow(optimizerOf(config.recipe.optimizer)),
        graphsOf: (plan) => graphsOf(plan, config.recipe, { gradients: true }),
        rates: (step) => rateAt(range, step),
      };
      const end = await tryRates(loop, tried, watch);
      return { steps: tried.all, end, ...adviceOf(tried.all, steps) };
    });
  });
}

/** The recipe for a number of steps, whatever would end or change them before. */
function testRecipe(
  { earlyStopping: _, plateau: __, ...recipe }: Partial<Recipe> = {},
  steps: number,
): Partial<Recipe> {
  return { ...recipe, epochs: steps, steps };
}

/** What is prepared, with images of the first size all along: another one moves the loss by itself. */
function inOneSize(prepared: Prepared): Prepared {
  const all = <P extends object>([first]: readonly P[]) =>
    first === undefined ? [] : [{ ...first, end: Infinity }];
  return { ...prepared, parts: all(prepared.parts), sizes: all(prepared.sizes) };
}

type Range = Parameters<typeof rateAt>[0];

function checkRange(range: Range): Result<Range> {
  const { minRate, maxRate } = range;
  if (minRate > 0 && maxRate > minRate && Math.fround(maxRate) < Infinity) return right(range);
  return refused({ path: "rates", layer: "option", code: "invalid-option" }, {
    rule: "rates grow from a number above 0 to a larger one",
    got: `from ${minRate} to ${maxRate}`,
    wanted: "numbers above 0, as float32, the second larger than the first",
    hint: "leave both out: the recipe's own rate says what to try",
  });
}

/** Runs the steps until the loss explodes, is no number, or someone stops them. */
async function tryRates(
  loop: LoopRun,
  tried: RateSteps,
  watch: RateWatch,
): Promise<RateTest["end"]> {
  let stopped = false;
  const hooks: LoopHooks = {
    ...hooksInMemory(watch),
    keep: (record) => tried.add(record),
    interrupted: async () => {
      stopped = await watch.interrupted?.() ?? false;
      return stopped || tried.isExploded;
    },
  };
  try {
    const { finished } = await runLoop(loop, hooks);
    return stopped ? "interrupted" : finished ? "complete" : "exploded";
  } catch (error) {
    const isEnd = error instanceof ProblemError && tried.all.length > 0 &&
      error.problems.every(({ code }) => code === NOT_FINITE);
    if (isEnd) return "exploded";
    throw error;
  }
}
