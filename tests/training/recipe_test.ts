/** What is wrong with a recipe is said for every option, by its name. */
import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { presetFor, PRESETS, type Recipe, type ScheduleName } from "../../tasks/training/mod.ts";
import { checkRecipe } from "../../tasks/training/recipe.ts";

function recipeProblems(recipe: unknown) {
  const result = checkRecipe(recipe);
  return result._tag === "Left" ? result.left : [];
}

const { quick } = PRESETS;
const adamw = { kind: "adamw" } as const;

/** What a script without types, or a number that came out of a computation, can bring. */
const missing = undefined as unknown as number;

const BAD: readonly (readonly [option: string, change: Partial<Recipe>])[] = [
  ["epochs", { epochs: 0 }],
  ["epochs", { epochs: 1.5 }],
  ["epochs", { epochs: missing }],
  ["steps", { steps: 0 }],
  ["batch", { batch: 0 }],
  ["batch", { batch: -8 }],
  ["batch", { batch: NaN }],
  ["validation", { validation: -1 }],
  ["validation", { validation: missing }],
  ["limit", { limit: 0 }],
  ["seed", { seed: -1 }],
  ["seed", { seed: 2 ** 53 }],
  ["rate", { rate: 0 }],
  ["rate", { rate: -0.1 }],
  ["rate", { rate: NaN }],
  ["rate", { rate: Infinity }],
  ["rate", { rate: 1e39 }],
  ["labelSmoothing", { labelSmoothing: 1 }],
  ["labelSmoothing", { labelSmoothing: -0.1 }],
  ["optimizer.weightDecay", { optimizer: { kind: "sgd", weightDecay: -1 } }],
  ["optimizer.momentum", { optimizer: { kind: "sgd", momentum: 1 } }],
  ["optimizer.beta1", { optimizer: { ...adamw, beta1: 1 } }],
  ["optimizer.beta2", { optimizer: { ...adamw, beta2: -0.5 } }],
  ["optimizer.epsilon", { optimizer: { ...adamw, epsilon: -1 } }],
  ["augment: pad", { augment: { pad: -1, flip: true } }],
  ["starts", { starts: JSON.parse("[]") }],
  ["starts.conv1", { starts: { conv1: JSON.parse("3") } }],
  ["schedule", { schedule: "cosin" as ScheduleName }],
  ["sizes.0.size", { sizes: [{ size: 0, until: 0.5 }] }],
  ["sizes.0.until", { sizes: [{ size: 24, until: 1 }] }],
  ["sizes", { sizes: [{ size: 24, until: 0.5 }, { size: 28, until: 0.5 }] }],
  ["augment: flip", { augment: { pad: 2, flip: "sometimes" as "alternating" } }],
];

for (const [option, change] of BAD) {
  Deno.test(`checkRecipe() names ${option} when it is ${JSON.stringify(change)}`, () => {
    const problems = recipeProblems({ ...quick, ...change });
    assertEquals(problems.map(({ path }) => path), [option]);
  });
}

Deno.test("checkRecipe() has nothing against the presets", () => {
  for (const preset of Object.values(PRESETS)) assertEquals(recipeProblems(preset), []);
  assertEquals(recipeProblems({ ...quick, optimizer: adamw, augment: "none", validation: 0 }), []);
});

Deno.test("a network with a recipe of its own learns by it, others by SGD unless another is named", () => {
  const own = presetFor("cifar/attention-8");
  assertEquals(own, presetFor("cifar/attention-8", "fast"));
  assertEquals(Object.keys(own.starts ?? {}).length, 3);
  assertEquals(presetFor("cifar/attention-56"), PRESETS.quick);
  assertEquals(presetFor("cifar/attention-56", "fast"), PRESETS.fast);
  for (const name of ["minute", "fast", "long"] as const) {
    assertEquals(recipeProblems(presetFor("cifar/attention-8", name)), []);
  }
});

Deno.test("by the preset fast everything but kernels of maps takes SGD's steps, of a rate of a tenth", () => {
  const { optimizer, rate } = PRESETS.fast;
  if (optimizer.kind !== "groups") throw new Error(optimizer.kind);
  for (const group of optimizer.groups) {
    assertAlmostEquals((group.rate ?? 1) * rate, 0.1);
    assertEquals(group.optimizer?.kind, "sgd");
  }
  assertEquals(optimizer.groups.map(({ path, role }) => path ?? role), [
    ...["classifier", "bias", "scale", "shift"],
  ]);
  assertEquals(optimizer.otherwise.kind, "muon");
});

Deno.test("checkRecipe() reports every fault at once", () => {
  const problems = recipeProblems({ ...quick, epochs: 0, batch: 0, rate: -1 });
  assertEquals(problems.map(({ path }) => path), ["epochs", "batch", "rate"]);
});

Deno.test("checkRecipe() suggests the schedule that was meant", () => {
  const [problem] = recipeProblems({ ...quick, schedule: "cosin" as ScheduleName });
  assertStringIncludes(problem?.hint ?? "", "cosine");
});
