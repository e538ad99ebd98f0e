/**
 * What a run needs before its first step, found from its configuration alone: the plan, the images
 * to learn from and to choose by, the normalisation, and the keys of everything random.
 */
import { usingOf } from "../../dsl/plan/language.ts";
import { params } from "../../dsl/interpreters/counts/params.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { plan } from "../../layers/bound/plan.ts";
import { optimizerOf } from "../../dsl/programs/optimizers/optimizers.ts";
import { checkUpdate } from "../../dsl/programs/optimizers/update.ts";
import { type Key, seedKey, split } from "../../dsl/programs/random.ts";
import { showShape } from "../../dsl/net/shape.ts";
import type { Dataset, Described, ImageSet } from "../data/dataset.ts";
import type { Problem, Result } from "../fp.ts";
import { all, allOf, E, pipe, problemAt, RA, right, unless } from "../fp.ts";
import type { RunConfig } from "./config.ts";
import { checkImageSize } from "./image_size.ts";
import { sizedPlan } from "./sized_plan.ts";
import { checkData, prepareData, type PreparedData } from "./prepare_data.ts";

/** A part of a run that trains on images of another size. */
export interface Part {
  /** The network on that size. */
  readonly plan: Plan;
  /** The step before which it ends. */
  readonly end: number;
}

export interface Prepared extends PreparedData {
  readonly plan: Plan;
  /** The parts of the run that train on smaller images, in order. */
  readonly parts: readonly Part[];
  /** The key of what layers draw. */
  readonly layerKey: Key;
}

/** The parts of a run's preparation that no image is needed for, or what is wrong. */
export function judged(config: RunConfig, described: Described) {
  const { input, net } = config;
  return all({
    plan: pipe(
      plan(net, input, usingOf(config)),
      E.flatMap((planned) => checkFit(planned, described)),
    ),
    sizes: sizedPlans(config),
    images: checkImageSize(config.recipe, described),
  });
}

/** Prepares a run, or says everything that stands in its way. */
export function prepare(config: RunConfig, dataset: Dataset<ImageSet>): Result<Prepared> {
  const { recipe } = config;
  return pipe(
    all({
      checked: checkData(recipe, dataset),
      judged: judged(config, dataset),
    }),
    E.tap(({ judged }) =>
      pipe(
        optimizerOf(recipe.optimizer),
        E.flatMap((optimizer) => checkUpdate(judged.plan, optimizer)),
      )
    ),
    E.bindW("data", () => prepareData(recipe, dataset)),
    E.map(({ judged: { plan, sizes }, data }): Prepared => ({
      ...data,
      plan,
      parts: RA.zipWith(sizes, data.sizes, (plan, { end }) => ({ plan, end })),
      layerKey: split(seedKey(recipe.seed), "layers"),
    })),
  );
}

/** The network on the sizes of the recipe, which must leave its parameters as they are. */
function sizedPlans(
  config: RunConfig,
): Result<readonly Plan[]> {
  const { recipe: { sizes = [] }, input, net } = config;
  const whole = plan(net, input, usingOf(config));
  // Other faults of the network or of the recipe are found beside.
  if (whole._tag === "Left" || !Array.isArray(sizes)) return right([]);
  const own = { net, plan: whole.right, ...usingOf(config) };
  return allOf(
    sizes.map(({ size }) =>
      sizedPlan(own, input.map((side, axis) => axis < 2 ? size : side), "sizes")
    ),
  );
}

/** The plan, if its network fits the data set's images and classes and has something to learn. */
function checkFit(planned: Plan, dataset: Described): Result<Plan> {
  const image = [dataset.height, dataset.width, dataset.channels];
  const problem = (rule: string, got: string, wanted: string, hint: string): Problem =>
    problemAt({ path: dataset.name, layer: "data set", code: "data-does-not-fit" }, {
      rule,
      got,
      wanted,
      hint,
    });
  const input = planned.input.join() === image.join() ? [] : [problem(
    "the network's input must be of the images' size",
    showShape(planned.input),
    showShape(image),
    "plan the network for the data set's images",
  )];
  const output = planned.output.join() === `${dataset.classes.length}` ? [] : [problem(
    "the network must give one logit for each class",
    showShape(planned.output),
    `${dataset.classes.length}`,
    "set the network's classes to the data set's",
  )];
  const trained = params(planned).trainable > 0 ? [] : [
    problemAt({ path: "", layer: "network", code: "nothing-to-train" }, {
      rule: "the network must have parameters to train",
      got: "none that is not frozen",
      wanted: "at least one",
      hint: "unfreeze a part of it, such as its classifier",
    }),
  ];
  const problems = [...input, ...output, ...trained];
  return unless(problems, planned);
}
