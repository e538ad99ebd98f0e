/**
 * The mean absolute response of a trained network: how large the outputs of its stages and
 * attention modules are on test images, as the paper's Fig 4 plots them. Under naive attention they
 * shrink from stage to stage, because each mask multiplies by numbers below 1.
 */
import { usingOf } from "../../dsl/plan/language.ts";
import { join } from "@std/path";
import * as v from "valibot";
import type { Engine } from "../../dsl/engines/engine.ts";
import { foldPlan } from "../../dsl/plan/fold.ts";
import { probe, type Tap } from "../../dsl/programs/inference.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { plan } from "../../layers/bound/plan.ts";
import { attempt, E, orThrow, pipe, type Result } from "../fp.ts";
import { seedKey } from "../../dsl/programs/random.ts";
import { areFiles, type Dataset, type ImageSet, testOf } from "../data/dataset.ts";
import { setBatches } from "../data/set_batches.ts";
import { limit } from "../data/split.ts";
import { readRecord, writeJson } from "../files/atomic.ts";
import type { RunFolder } from "../files/run_folder.ts";
import { record } from "../parsed.ts";
import { IN_ORDER } from "../training/measure.ts";
import { outputsOf, withLoaded } from "../../dsl/engines/loaded.ts";
import type { Using } from "../../dsl/plan/language.ts";
import { loadCheckpoint } from "../training/checkpoint.ts";

/** The mean absolute value of the output of one part, `stage1` or `stage1.module1`. */
const PART = record({ path: v.string(), response: v.number() });
/** Responses stage by stage, and module by module in the order of computation. */
const RESPONSES = record({ images: v.number(), stages: v.array(PART), modules: v.array(PART) });
type PartResponse = v.InferOutput<typeof PART>;
type Responses = v.InferOutput<typeof RESPONSES>;

const FILE = "response.json";
const BATCH = 16;
export const MOST_IMAGES = 512;

/** The parts of a plan whose names are `name` and a number, outermost first. */
function numberedParts(planned: Plan, name: string): readonly Plan[] {
  const found: Plan[] = [];
  const pattern = new RegExp(`(^|\\.)${name}\\d+$`);
  foldPlan<void>(planned, {
    layer: () => {},
    chain: () => {},
    fork: () => {},
    named: (_, part) => {
      if (pattern.test(part.path)) found.push(part);
    },
  });
  return found;
}

/** The responses that were measured before, or nothing; a file that holds others is measured anew. */
export async function readResponses({ folder }: RunFolder): Promise<Responses | undefined> {
  return pipe(await readRecord(RESPONSES, join(folder, FILE)), E.getOrElseW(() => undefined));
}

/** Measures the responses of a run's last weights, and keeps them in its folder as `response.json`. */
export function measureResponses(
  run: RunFolder,
  dataset: Dataset<ImageSet>,
  engine: Engine,
  using: Using = {},
): Promise<Result<Responses>> {
  return attempt(async () => {
    const { net, input, tensors, normalization } = orThrow(
      await loadCheckpoint(run.last, usingOf(using)),
    );
    const planned = orThrow(plan(net, input, usingOf(using)));
    const stages = numberedParts(planned, "stage");
    const modules = numberedParts(planned, "module");
    const taps: readonly Tap[] = [...stages, ...modules]
      .map((part) => ({ name: part.path, part, side: "output" }));
    const test = orThrow(testOf(dataset));
    const images = areFiles(test) || test.count <= MOST_IMAGES
      ? test
      : orThrow(limit(test, MOST_IMAGES, seedKey(0)));
    const source = orThrow(setBatches(images, {
      size: BATCH,
      classes: dataset.classes.length,
      ...IN_ORDER,
      normalization,
    }));
    const sums = new Map(taps.map(({ name }) => [name, { sum: 0, values: 0 }]));
    let seen = 0;
    await withLoaded(engine, probe(planned, BATCH, taps), tensors, async (loaded) => {
      for await (const { images: pixels, count } of source) {
        const outputs = await outputsOf(loaded, { images: pixels });
        for (const [name, total] of sums) {
          const values = outputs.get(name) ?? new Float32Array();
          const real = values.subarray(0, values.length / BATCH * count);
          total.sum = real.reduce((sum, value) => sum + Math.abs(value), total.sum);
          total.values += real.length;
        }
        seen += count;
        if (seen >= MOST_IMAGES) break;
      }
    });
    const of = ({ path }: Plan): PartResponse => {
      const { sum = NaN, values = NaN } = sums.get(path) ?? {};
      return { path, response: sum / values };
    };
    const responses = { images: seen, stages: stages.map(of), modules: modules.map(of) };
    orThrow(await writeJson(join(run.folder, FILE), responses));
    return responses;
  });
}

/** Responses as shares of the first one's. */
export function relative(parts: readonly PartResponse[]): readonly number[] {
  const [first] = parts;
  return parts.map(({ response }) => response / (first?.response ?? NaN));
}
