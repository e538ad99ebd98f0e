/**
 * The network that `deno task train` is asked for: one that is named, or that of the weights to
 * begin with; made for the data set, with parts of it frozen.
 */
import { defined } from "../../dsl/problem/defined.ts";
import { usingOf } from "../../dsl/plan/language.ts";
import { freeze, unfreeze, withClasses } from "../../layers/bound/edit.ts";
import type { Described } from "../data/dataset.ts";
import { E, orThrow, pipe, type Result, right } from "../fp.ts";
import { type FoundNetwork, languageModule } from "../networks/module.ts";
import { findNetwork, titleOf } from "../networks/networks.ts";
import { openWeights } from "../training/weights.ts";
import { netOf } from "./defaults.ts";
import type { TrainArguments } from "./options.ts";

/** A network that is asked for. */
export interface AskedNetwork {
  /** Its name, by which there may be a recipe. */
  readonly name: string;
  /** Makes it for a data set. */
  readonly madeFor: (data: Described) => Promise<Result<FoundNetwork>>;
}

/**
 * The network that the arguments ask for; it is not made yet, for its data set can take long to prepare.
 *
 * @throws {ProblemError} When there is no such network, or no such weights.
 */
export async function askedNetwork(given: TrainArguments): Promise<AskedNetwork> {
  const { name, madeFor } = given.from !== undefined && given.net === undefined
    ? await networkOfWeights(given, given.from)
    : await namedNetwork(given);
  const { freeze: paths = [] } = given;
  return {
    name,
    madeFor: async (data) =>
      pipe(
        await madeFor(data),
        E.flatMap((found) =>
          pipe(
            paths.length === 0 ? right(found.net) : freeze(found.net, ...paths, usingOf(found)),
            E.map((net) => ({ ...found, net })),
          )
        ),
      ),
  };
}

/** What was frozen when the weights were trained is trained here, unless it is asked for. */
async function networkOfWeights(given: TrainArguments, from: string): Promise<AskedNetwork> {
  const using = orThrow(await languageModule(given));
  const { name, checkpoint: { net, classes: own } } = orThrow(await openWeights(from, using));
  return {
    name,
    madeFor: ({ classes }) =>
      Promise.resolve(pipe(
        unfreeze(net, using),
        E.flatMap((net) =>
          classes.length === own.length ? right(net) : withClasses(net, classes.length, using)
        ),
        E.map((net) => ({ net, ...using })),
      )),
  };
}

async function namedNetwork(given: TrainArguments): Promise<AskedNetwork> {
  const asked = netOf(given);
  const using = defined({ language: given.language });
  const found = orThrow(await findNetwork(asked, using));
  // They may have to be fetched, for which Deno asks before data are loaded.
  if (given.from !== undefined) orThrow(await openWeights(given.from, usingOf(found)));
  return {
    name: titleOf(asked),
    madeFor: ({ classes, height, width, channels }) =>
      findNetwork(asked, {
        classes: classes.length,
        input: [height, width, channels],
        ...using,
      }),
  };
}
