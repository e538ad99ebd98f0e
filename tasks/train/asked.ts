/** What a new training is asked for on the command line: the network, its data and its recipe. */
import { usingOf } from "../../dsl/plan/language.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { Exit } from "../cli/exit.ts";
import { usageError } from "../cli/task.ts";
import type { Dataset, Described, ImageSet } from "../data/dataset.ts";
import { knownImages } from "../data/known_images.ts";
import { orThrow } from "../fp.ts";
import type { FoundNetwork } from "../networks/module.ts";
import { watchedData } from "../terminal/watched_data.ts";
import type { Recipe } from "../training/config.ts";
import { judged } from "../training/prepare.ts";
import { configOf } from "../training/request.ts";
import type { TrainRequest } from "../training/train.ts";
import { DEFAULTS } from "./defaults.ts";
import { type AskedNetwork, askedNetwork } from "./network.ts";
import { checkRates } from "./optimizer.ts";
import { optimizerMistake, type TrainArguments } from "./options.ts";
import { recipeFor, recipeOn } from "./request.ts";

/** A training that is asked for, on data that are loaded. */
export interface AskedTraining extends TrainRequest {
  readonly name: string;
  readonly data: Dataset<ImageSet>;
  readonly recipe: Recipe;
}

/**
 * The request of a task's arguments; the network is judged before data, which can take long to prepare.
 *
 * @throws {Exit} When the optimiser of the network's recipe does not have what is asked of it.
 * @throws {ProblemError} When the network or the data set is unavailable or wrong.
 */
export async function requestOf(task: string, given: TrainArguments): Promise<AskedTraining> {
  const asked = await askedNetwork(given);
  const { name } = asked;
  const mistake = optimizerMistake({ ...given, net: name });
  if (mistake !== undefined) throw new Exit(usageError(task, mistake));
  await judgeNetwork(asked, given);
  const data = await watchedData(dataOf(given));
  const found = await networkFor(asked, given, data);
  const recipe = recipeOn(given, name, data);
  const { out, from: weights, masks } = given;
  return {
    net: found.net,
    ...usingOf(found),
    data,
    name,
    recipe,
    ...defined({ out, weights, masks }),
  };
}

/**
 * Judges a network, and what is asked of it, by what is known of the data set without its images.
 *
 * @throws {ProblemError} When it does not fit them.
 */
export async function judgeNetwork(asked: AskedNetwork, given: TrainArguments): Promise<void> {
  const known = knownImages(dataOf(given));
  if (known !== undefined) await networkFor(asked, given, known);
}

function dataOf({ data = DEFAULTS.data }: TrainArguments): string {
  return data;
}

/** The network for images, once it fits them and what is asked of it. */
async function networkFor(
  { name, madeFor }: AskedNetwork,
  given: TrainArguments,
  images: Described,
): Promise<FoundNetwork> {
  const found = orThrow(await madeFor(images));
  const config = configOf({ ...found, name, recipe: recipeFor(given, name, images) }, images);
  const { plan } = orThrow(judged(config, images));
  orThrow(checkRates(plan, given.rates));
  return found;
}
