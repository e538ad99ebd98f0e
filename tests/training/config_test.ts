/** A run's configuration survives JSON; what is not one is refused field by field. */
import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { clip, eachParameter, orThrow } from "../../mod.ts";
import { checkRecipe } from "../../tasks/training/recipe.ts";
import { PRESETS, type RunConfig } from "../../tasks/training/mod.ts";
import { configFromJson, configToJson } from "../../tasks/training/config.ts";
import type { Json, JsonObject } from "../../tasks/files/json.ts";
import { assertProblem } from "../data/_results.ts";
import { tinyNet } from "./_runs.ts";

const config: RunConfig = {
  name: "tiny",
  net: tinyNet(),
  input: [8, 8, 3],
  data: "bands",
  recipe: { ...PRESETS.quick, limit: 30, steps: 7 },
  engine: "onnx",
  backend: "auto",
  threads: 2,
  versions: { netfold: "0.1.0" },
};

const stored = (config: RunConfig): JsonObject => JSON.parse(JSON.stringify(configToJson(config)));

Deno.test("configFromJson() gives back what configToJson() stored", () => {
  const optimizer = { kind: "adamw", beta1: 0.8, decay: "all" } as const;
  const recipes = [
    config.recipe,
    PRESETS.quick,
    PRESETS.paper,
    { ...PRESETS.quick, optimizer, augment: "none" as const },
  ];
  for (const recipe of recipes) {
    assertEquals(configFromJson(stored({ ...config, recipe })), {
      _tag: "Right",
      right: { ...config, recipe },
    });
  }
});

const FIELDS: readonly (readonly [field: string, values: readonly Json[]])[] = [
  ["name", [1, null]],
  ["net", [null, "conv", { kind: "layer" }, { kind: "chain", parts: [3] }]],
  ["input", ["8x8x3", [8, 0, 3], [8, 8.5, 3]]],
  ["data", [7]],
  ["engine", [1, null]],
  ["backend", [null]],
  ["threads", [0, 1.5, "2", null]],
  ["versions", [[], "0.1.0"]],
  ["recipe", [[], null, 3]],
  ["recipe.epochs", [0, "3", null]],
  ["recipe.steps", [0, "3"]],
  ["recipe.batch", [0, 1.5]],
  ["recipe.rate", ["0.1", null]],
  ["recipe.schedule", ["none", 1]],
  ["recipe.optimizer", [
    "sgd",
    { learningRate: 3 },
    { kind: "sgd", learningRate: 3 },
    { kind: "clip", norm: 1, of: { kind: "ema", keep: 2, of: { kind: "sgd" } } },
    { kind: "sgd", momentum: "0.9" },
    { kind: "sgd", nesterov: 1 },
    { kind: "adamw", decay: "none" },
  ]],
  ["recipe.labelSmoothing", [null]],
  ["recipe.augment", [true, { pad: 1 }, { pad: -1, flip: true }]],
  ["recipe.validation", [-1, 0.5]],
  ["recipe.limit", [0]],
  ["recipe.seed", [-1, "0"]],
];

const OPTIONAL: ReadonlySet<string> = new Set([
  "engine",
  "threads",
  "recipe.steps",
  "recipe.limit",
]);

/** A stored configuration with one field changed, or taken away. */
function changed(path: string, value: Json | undefined): Json {
  const json = stored(config);
  const [field = "", inner] = path.split(".");
  const change = (object: JsonObject, name: string, value: Json | undefined): JsonObject => {
    const { [name]: _, ...rest } = object;
    return value === undefined ? rest : { ...rest, [name]: value };
  };
  if (inner === undefined) return change(json, field, value);
  return change(json, field, change(json[field] as JsonObject, inner, value));
}

for (const [field, values] of FIELDS) {
  Deno.test(`configFromJson() names ${field} when it is wrong`, () => {
    for (const value of values) {
      assertProblem(configFromJson(changed(field, value)), `config.${field}`);
    }
  });
}

Deno.test("configFromJson() names a field that is missing, unless it may be", () => {
  for (const [field] of FIELDS) {
    const result = configFromJson(changed(field, undefined));
    if (OPTIONAL.has(field)) assertEquals(result._tag, "Right");
    else assertProblem(result, `config.${field}`);
  }
});

Deno.test("configFromJson() keeps a user's own optimiser and loss by kind and options", () => {
  const own = eachParameter({
    kind: "own",
    options: { share: 0.5 },
    update: (_, { value }) => value,
  });
  const loss = { kind: "mine", build: (_: unknown, logits: number) => logits };
  const recipe = { ...config.recipe, labelSmoothing: 0, optimizer: clip(1, own), loss };
  const json = stored({ ...config, recipe });
  const read = orThrow(configFromJson(json)).recipe;
  assertEquals(JSON.parse(JSON.stringify(read)), {
    ...recipe,
    optimizer: { kind: "clip", norm: 1, of: { kind: "own", share: 0.5 } },
    loss: { kind: "mine" },
  });
  const problems = checkRecipe(read);
  const found = problems._tag === "Left" ? problems.left.map(({ path, code }) => [path, code]) : [];
  assertEquals(found, [["optimizer.of", "unknown-optimizer"], ["loss", "unknown-loss"]]);
});

Deno.test("configFromJson() reads the configuration of a version that had one engine", () => {
  const { engine: _, threads: __, ...rest } = config;
  const earlier = { ...rest, backend: "wasm" };
  assertEquals(configFromJson(stored(earlier as RunConfig)), {
    _tag: "Right",
    right: { ...earlier, engine: "auto" },
  });
});

Deno.test("configFromJson() gives problems for any JSON and never throws", () => {
  fc.assert(fc.property(fc.jsonValue(), (json) => {
    assertEquals(configFromJson(json as Json)._tag, "Left");
  }));
});
