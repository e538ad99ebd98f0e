/**
 * What a run is: everything that decides its outcome, as data. It is stored as
 * the run's `config.json`; with it and the data a run can be done again.
 */
import type { OptimizerOptions } from "../../dsl/programs/optimizer.ts";
import { toJSON } from "../../dsl/net/json.ts";
import { netFromJson } from "../../layers/bound/plan.ts";
import type { Net } from "../../dsl/net/net.ts";
import type { Problem } from "../../dsl/problem/problem.ts";
import { fail, left, type Result, right } from "../../dsl/problem/result.ts";
import type { Using } from "../../dsl/plan/language.ts";
import type { Shape } from "../../dsl/net/shape.ts";
import { isJsonObject, type Json, type JsonObject, showJson } from "../files/json.ts";
import type { AnyAugmentation } from "../data/augment.ts";
import { inFile } from "./checkpoint.ts";
import { type ScheduleName, SCHEDULES } from "./schedule.ts";

/** How a network is trained. */
export interface Recipe {
  /** Passes over the training images. */
  readonly epochs: number;
  /** Steps after which training ends even within an epoch; nothing when epochs decide. */
  readonly steps?: number;
  /** Images a step. */
  readonly batch: number;
  /** The highest learning rate. */
  readonly rate: number;
  /** How the rate changes. */
  readonly schedule: ScheduleName;
  /** How parameters are changed. */
  readonly optimizer: OptimizerOptions;
  /** The share of each target that is spread over all classes. */
  readonly labelSmoothing: number;
  /** What is done at random to training images. */
  readonly augment: AnyAugmentation;
  /** The share of training labels that are wrong, drawn once from the seed; none when left out. */
  readonly labelNoise?: number;
  /** Training images held out to choose the best weights by. */
  readonly validation: number;
  /** Training images used, the held out ones among them; all when left out. */
  readonly limit?: number;
  /** The seed of everything random. */
  readonly seed: number;
}

/** A whole run. */
export interface RunConfig {
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
  /** The engine that was asked for; `auto` in runs of versions that had one engine. */
  readonly engine: string;
  /** The backend of TensorFlow.js that was asked for. */
  readonly backend: string;
  /** Processor threads of ONNX Runtime; as many as there are cores when left out. */
  readonly threads?: number;
  /** Versions of what ran it, by name. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The configuration as JSON: the network in its own format, the rest as it is. */
export function configToJson(config: RunConfig): object {
  return { ...config, net: JSON.parse(toJSON(config.net)) };
}

/** Reads a configuration back, or says what is wrong with it. */
export function configFromJson(json: Json, using: Using = {}): Result<RunConfig> {
  if (!isJsonObject(json)) return fail(wrong("", json, "an object"));
  const net = netFromJson(json.net ?? null, using);
  const recipe = isJsonObject(json.recipe) ? recipeProblems(json.recipe) : [
    wrong("recipe", json.recipe, "an object"),
  ];
  const problems = [
    ...check(json, "name", isText, "text"),
    ...check(json, "data", isText, "text"),
    ...check(json, "engine", optional(isText), "text"),
    ...check(json, "backend", isText, "text"),
    ...check(json, "threads", optional(isCount), "a whole number of at least 1"),
    ...check(json, "input", isShape, "an array of whole numbers of at least 1"),
    ...check(json, "versions", isJsonObject, "an object"),
    ...recipe,
    ...(net._tag === "Left" ? net.left.map((problem) => inFile(problem, "config.net")) : []),
  ];
  if (problems.length > 0 || net._tag === "Left") return left(problems);
  // Every field that the program reads has been checked above.
  return right({ engine: "auto", ...json, net: net.right } as unknown as RunConfig);
}

function recipeProblems(recipe: JsonObject): readonly Problem[] {
  const scope = (value: Json | undefined) => value === "all" || value === "kernels";
  const optimizer = (value: Json | undefined) =>
    isJsonObject(value) && (value.kind === "sgd" || value.kind === "adamw") &&
    ["momentum", "beta1", "beta2", "epsilon", "weightDecay"]
      .every((field) => optional(isNumber)(value[field])) &&
    optional(isFlag)(value.nesterov) && optional(scope)(value.decay);
  const range = (value: Json | undefined) =>
    Array.isArray(value) && value.length === 2 && value.every(isNumber);
  const augment = (value: Json | undefined) =>
    value === "none" ||
    (isJsonObject(value) && isText(value.name) && isJsonObject(value.options)) ||
    (isJsonObject(value) && isFlag(value.flip) &&
      (value.kind === "scale"
        ? range(value.area) && range(value.ratio) && isNumber(value.colour)
        : isWhole(value.pad)));
  const schedule = (value: Json | undefined) => SCHEDULES.some((name) => name === value);
  return [
    ...check(recipe, "epochs", isCount, "a whole number of at least 1"),
    ...check(recipe, "steps", optional(isCount), "a whole number of at least 1"),
    ...check(recipe, "batch", isCount, "a whole number of at least 1"),
    ...check(recipe, "rate", isNumber, "a number"),
    ...check(recipe, "schedule", schedule, SCHEDULES.join(", ")),
    ...check(recipe, "optimizer", optimizer, "an optimiser with its kind and its numbers"),
    ...check(recipe, "labelSmoothing", isNumber, "a number"),
    ...check(recipe, "augment", augment, '"none", {"pad": 4, "flip": true}, or scale\'s numbers'),
    ...check(recipe, "labelNoise", optional(isNumber), "a number"),
    ...check(recipe, "validation", isWhole, "a whole number"),
    ...check(recipe, "limit", optional(isCount), "a whole number of at least 1"),
    ...check(recipe, "seed", isWhole, "a whole number"),
  ].map((problem) => ({ ...problem, path: problem.path.replace("config.", "config.recipe.") }));
}

function check(
  json: JsonObject,
  field: string,
  is: (value: Json | undefined) => boolean,
  wanted: string,
): readonly Problem[] {
  return is(json[field]) ? [] : [wrong(field, json[field], wanted)];
}

function wrong(field: string, value: Json | undefined, wanted: string): Problem {
  return {
    path: `config.${field}`,
    layer: "run",
    code: "invalid-configuration",
    rule: "the run's configuration is not one of netfold's",
    got: showJson(value),
    wanted,
    hint: "restore the run's config.json, or start a new run",
  };
}

const optional = (is: (value: Json | undefined) => boolean) => (value: Json | undefined) =>
  value === undefined || is(value);
const isText = (value: Json | undefined) => typeof value === "string";
const isNumber = (value: Json | undefined) => typeof value === "number" && Number.isFinite(value);
const isFlag = (value: Json | undefined) => typeof value === "boolean";
const isWhole = (value: Json | undefined) => Number.isSafeInteger(value) && Number(value) >= 0;
const isCount = (value: Json | undefined) => Number.isSafeInteger(value) && Number(value) >= 1;
const isShape = (value: Json | undefined) => Array.isArray(value) && value.every(isCount);
