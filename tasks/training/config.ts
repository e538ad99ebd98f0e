/**
 * What a run is: everything that decides its outcome, as data. It is stored as the run's
 * `config.json`; with it and the data a run can be done again.
 */
import { equal } from "../../dsl/net/net.ts";
import { usingOf } from "../../dsl/plan/language.ts";
import * as v from "valibot";
import { toJSON } from "../../dsl/net/json.ts";
import { netFromJson } from "../../layers/bound/plan.ts";
import type { Net } from "../../dsl/net/net.ts";
import type { Using } from "../../dsl/plan/language.ts";
import type { Shape } from "../../dsl/net/shape.ts";
import { recordOf } from "../../dsl/programs/meaning.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { all, E, pipe, type Problem, type Result } from "../fp.ts";
import { isJsonObject, type Json } from "../files/json.ts";
import { type OpenRun, openRun } from "../files/run_folder.ts";
import { parsed, record } from "../parsed.ts";
import { inFile } from "./checkpoint.ts";
import { checkStored, type Recipe, recipeSchema } from "./recipe.ts";

export type { Recipe } from "./recipe.ts";

/** The weights that a run began with. */
export interface TakenFrom {
  /** Where they were: the folder of a run, a file, or what a script gave. */
  readonly weights: string;
  /** The SHA-256 of those that were taken, by the order of their names. */
  readonly sha256: string;
  /** The paths of the parameters that started anew. */
  readonly anew: readonly string[];
  /** The mean of what is measured on the training images, by which they are known again. */
  readonly mean: number;
}

/** How long a run was to be, until it was made longer. */
export interface EarlierLength {
  /** The steps that were done by then. */
  readonly until: number;
  /** The recipe's epochs. */
  readonly epochs: number;
  /** The recipe's steps, if it had any. */
  readonly steps?: number;
}

/** A whole run. */
export interface RunConfig extends Using {
  /** The network's name, for people. */
  readonly name: string;
  /** The network. */
  readonly net: Net;
  /** The shape of an image. */
  readonly input: Shape;
  /** The data set's name. */
  readonly data: string;
  /** How it is trained. */
  readonly recipe: Recipe;
  /** The weights that it began with; nothing when the recipe and the seed decide them. */
  readonly from?: TakenFrom;
  /** The lengths that it had before it was made longer, in order; none when it never was. */
  readonly earlier?: readonly EarlierLength[];
  /** The number of test pictures whose masks are kept after each epoch; none by default. */
  readonly masks?: number;
  /** The engine that was asked for; `auto` in runs of versions that had one engine. */
  readonly engine: string;
  /** The backend of TensorFlow.js that was asked for. */
  readonly backend: string;
  /** Processor threads of ONNX Runtime or wasm; as many as there are cores when left out. */
  readonly threads?: number;
  /** Settings of PyTorch's script that no other engine has, as its options gave them. */
  readonly torch?: Readonly<Record<string, unknown>>;
  /** Versions of what ran it, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * The configuration as JSON: the network in its own format; a user's own optimiser and loss by
 * their kinds and options; no language; the rest as it is.
 */
export function configToJson({ net, recipe, language: _, ...rest }: RunConfig): object {
  return { ...rest, net: JSON.parse(toJSON(net)), recipe: recipeToJson(recipe) };
}

/** A recipe as a run's configuration holds it. */
export function recipeToJson({ optimizer, loss, starts, ...plain }: Recipe): object {
  const own = { loss: loss && recordOf(loss), starts: starts && recordOf(starts) };
  return { ...plain, optimizer: recordOf(optimizer), ...defined(own) };
}

/** Whether two recipes are the same as far as a configuration can tell. */
export function recordsAlike(a: Recipe, b: Recipe): boolean {
  const [first, second] = [a, b].map((recipe) => JSON.parse(JSON.stringify(recipeToJson(recipe))));
  return equal(first, second);
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

const schema = record({
  name: v.string(),
  input: v.array(count),
  data: v.string(),
  recipe: recipeSchema,
  from: v.exactOptional(record({
    weights: v.string(),
    sha256: v.string(),
    anew: v.array(v.string()),
    mean: v.pipe(v.number(), v.finite()),
  })),
  earlier: v.exactOptional(
    v.array(record({ until: count, epochs: count, steps: v.exactOptional(count) })),
  ),
  masks: v.exactOptional(count),
  engine: v.optional(v.string(), "auto"),
  backend: v.string(),
  threads: v.exactOptional(count),
  torch: v.exactOptional(v.record(v.string(), v.unknown())),
  versions: v.pipe(
    v.custom((given) => !Array.isArray(given), "names and their versions"),
    v.record(v.string(), v.string()),
  ),
});

const ORIGIN = { path: "", layer: "run", code: "invalid-configuration" };

/** Opens a run with its configuration, whose network is in this language. */
export function openRunIn(
  { language }: Using,
  folder: string,
): Promise<Result<OpenRun<RunConfig>>> {
  return openRun(folder, (json) => configFromJson(json, language && { language }));
}

/** Reads a configuration back, or says what is wrong with it. */
export function configFromJson(json: Json, using: Using = {}): Result<RunConfig> {
  const { net, language: _, ...rest } = isJsonObject(json) ? json : {};
  return pipe(
    all<{ net: Net; rest: Omit<RunConfig, "net"> }>({
      net: pipe(
        netFromJson(net ?? null, usingOf(using)),
        E.mapLeft((problems) => problems.map((problem) => inFile(problem, "config.net"))),
      ),
      rest: pipe(
        parsed(schema, isJsonObject(json) ? rest : json, ORIGIN),
        E.mapLeft(within("config.")),
        E.flatMap((rest) =>
          pipe(
            checkStored(rest.recipe),
            E.bimap(within("config.recipe."), (recipe) => ({ ...rest, recipe })),
          )
        ),
      ),
    }),
    E.map(({ net, rest }) => ({ ...rest, net, ...using })),
  );
}

/** Problems of a part, as those of the configuration around it. */
function within(place: string) {
  return (problems: readonly Problem[]): readonly Problem[] =>
    problems.map((problem) => ({
      ...problem,
      path: problem.path === "" ? place.replace(/[.: ]+$/, "") : `${place}${problem.path}`,
      hint: problem.hint || "restore the run's config.json, or start a new run",
    }));
}
