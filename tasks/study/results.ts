/**
 * The results of a study, read from the files of its runs and from nothing
 * else: for each arm the test error of every seed, their mean and spread, and
 * the paper's figure. Tables, pictures and JSON are made of this one value.
 */
import { expected, NUMBERS } from "../../dsl/problem/expect.ts";
import { usingOf } from "../../dsl/plan/language.ts";
import { join } from "@std/path";
import { params } from "../../dsl/interpreters/counts/params.ts";
import { cost } from "../../dsl/interpreters/counts/cost.ts";
import { plan } from "../../layers/bound/plan.ts";
import { attempt, orThrow, type Result } from "../fp.ts";
import { enginesOf } from "../training/record.ts";
import { checkGiven } from "./_given.ts";
import { readResponses, relative } from "./response.ts";
import { type RunState, runState } from "./_run_state.ts";
import { type Arm, type Factors, runName, runsOf, type Study } from "./study.ts";

/** The mean of some numbers and how far they lie apart. */
export interface Spread {
  /** The mean. */
  readonly mean: number;
  /** The standard deviation of a sample; none of fewer than two numbers. */
  readonly deviation?: number;
}

/** What one seed of an arm came to. */
export interface SeedResult {
  /** The seed. */
  readonly seed: number;
  /** The run's folder, within the study's. */
  readonly run: string;
  /** The test error in percent; none when the run met a number that is not finite. */
  readonly error?: number;
  /** The error of the five likeliest classes, in percent. */
  readonly top5Error?: number;
  /** The mean cross-entropy on the test images. */
  readonly testLoss?: number;
  /** The mean training loss of the last epoch. */
  readonly trainLoss?: number;
  /** Seconds that its steps took. */
  readonly seconds?: number;
  /** Why there is no error. */
  readonly diverged?: string;
  /** Each stage's mean absolute response, the first one's being 1. */
  readonly response?: readonly number[];
  /** Each module's mean absolute response, the first one's being 1. */
  readonly moduleResponse?: readonly number[];
}

/** What an arm came to. */
export interface ArmResult {
  /** Its name. */
  readonly name: string;
  /** What figures call it. */
  readonly title: string;
  /** What distinguishes it. */
  readonly factors: Factors;
  /** Parameters that are trained. */
  readonly parameters: number;
  /** Multiply-accumulates for one image. */
  readonly macs: number;
  /** Seed by seed; those that have ended. */
  readonly seeds: readonly SeedResult[];
  /** The test error in percent. */
  readonly error?: Spread;
  /** The test error that the paper gives, in percent. */
  readonly paper?: number;
  /** Each stage's relative response. */
  readonly response?: readonly Spread[];
  /** Each stage's relative response in the paper's plot. */
  readonly paperResponse?: readonly number[];
}

/** What a study came to. */
export interface StudyResults {
  /** The study's name. */
  readonly study: string;
  /** Its title. */
  readonly title: string;
  /** What it asks. */
  readonly question: string;
  /** Where in the paper it stands. */
  readonly source: string;
  /** How large it was made. */
  readonly scale: string;
  /** The data sets. */
  readonly data: readonly string[];
  /** Test images of each run; 0 before any has ended. */
  readonly testImages: number;
  /** How many seeds were asked for. */
  readonly seeds: number;
  /** Runs that have ended, and all. */
  readonly done: readonly [ended: number, all: number];
  /** What is not as in the paper. */
  readonly notes: readonly string[];
  /** Engines and versions of the runs. */
  readonly versions: readonly string[];
  /** How its result is drawn. */
  readonly figure: Study["figure"];
  /** Arm by arm. */
  readonly arms: readonly ArmResult[];
}

/**
 * Mean and spread.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { spreadOf } from "./results.ts";
 *
 * assertEquals(spreadOf([1, 2, 3]), { mean: 2, deviation: 1 });
 * assertEquals(spreadOf([5]), { mean: 5 });
 * ```
 */
export function spreadOf(values: readonly number[]): Spread {
  expected(values, NUMBERS, "values");
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

/** Reads what a study's runs in a folder came to; runs that have not ended are left out. */
export function readResults(
  study: Study,
  folder: string,
  seeds: number,
): Promise<Result<StudyResults>> {
  return attempt(async () => {
    orThrow(checkGiven({ study, folder, seeds }));
    const runs: (RunState & { readonly arm: Arm; readonly seed: number; readonly name: string })[] =
      [];
    for (const run of runsOf(study, seeds)) {
      const name = runName(run);
      runs.push({ ...run, name, ...orThrow(await runState(join(folder, name), run)) });
    }
    const finished = runs.filter((run) => run.kind === "finished");
    const seedResults = new Map<Arm, SeedResult[]>(study.arms.map((arm) => [arm, []]));
    for (const run of runs) {
      const ended = await seedResult(run, study);
      if (ended !== undefined) seedResults.get(run.arm)?.push(ended);
    }
    const arms = [...seedResults].map(([arm, own]) => armResult(arm, own));
    return {
      study: study.name,
      title: study.title,
      question: study.question,
      source: study.source,
      scale: study.scale.name,
      data: unique(study.arms.map(({ data }) => data)),
      testImages: finished.at(-1)?.test.images ?? 0,
      seeds,
      done: [arms.flatMap((arm) => arm.seeds).length, study.arms.length * seeds],
      notes: [...study.scale.notes, ...study.notes],
      versions: unique(finished.map(versionsOf)),
      figure: study.figure,
      arms,
    };
  });
}

async function seedResult(
  { seed, name, ...state }: RunState & { readonly seed: number; readonly name: string },
  { figure }: Study,
): Promise<SeedResult | undefined> {
  if (state.kind === "diverged") return { seed, run: name, diverged: state.reason };
  if (state.kind !== "finished") return undefined;
  const { test, epochs } = state;
  // A run copied from the study of responses has them, too.
  const responses = figure === "response" ? await readResponses(state.run) : undefined;
  return {
    seed,
    run: name,
    error: percentOf(1 - test.top1),
    top5Error: percentOf(1 - test.top5),
    testLoss: test.loss,
    trainLoss: epochs.at(-1)?.trainLoss ?? NaN,
    seconds: epochs.reduce((sum, epoch) => sum + epoch.seconds, 0),
    ...(responses && {
      response: relative(responses.stages),
      moduleResponse: relative(responses.modules),
    }),
  };
}

function versionsOf({ config, epochs }: Extract<RunState, { readonly kind: "finished" }>): string {
  const engines = enginesOf(epochs);
  const asked = [`engine ${config.engine}`, `backend ${config.backend}`];
  const versions = Object.entries(config.versions).map((version) => version.join(" "));
  return [...(engines.length === 0 ? asked : engines), ...versions].join(", ");
}

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];

/** Rounded to what the images can tell, so that JSON holds no noise of floating point. */
function percentOf(share: number): number {
  return Math.round(share * 1e6) / 1e4;
}

function armResult(arm: Arm, seeds: readonly SeedResult[]): ArmResult {
  const planned = orThrow(plan(arm.net, arm.input, usingOf(arm)));
  const errors = seeds.flatMap(({ error }) => error === undefined ? [] : [error]);
  const responses = seeds.flatMap(({ response }) => response === undefined ? [] : [response]);
  const { name, title, factors, paper, paperResponse } = arm;
  return {
    name,
    title,
    factors,
    parameters: params(planned).trainable,
    macs: cost(planned).macs,
    seeds,
    ...(errors.length > 0 && { error: spreadOf(errors) }),
    ...(paper !== undefined && { paper }),
    ...(responses.length > 0 && {
      response: (responses[0] ?? []).map((_, stage) =>
        spreadOf(responses.map((response) => response[stage] ?? NaN))
      ),
    }),
    ...(paperResponse && { paperResponse }),
  };
}
