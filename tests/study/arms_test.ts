import { assert, assertEquals } from "@std/assert";
import { cost } from "../../dsl/interpreters/counts/cost.ts";
import { diff } from "../../dsl/interpreters/diff/diff.ts";
import type { Difference } from "../../dsl/interpreters/diff/value.ts";
import { plan } from "../../layers/bound/plan.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { checkRecipe } from "../../tasks/training/recipe.ts";
import { PRESETS } from "../../tasks/training/presets.ts";
import { SCALES } from "../../tasks/study/scale.ts";
import { study } from "../../tasks/study/studies.ts";
import { type Arm, runName, STUDY_NAMES, type StudyName } from "../../tasks/study/study.ts";

/** The paths that a difference is at, in either network. */
function pathsOf(difference: Difference): readonly string[] {
  return typeof difference.path === "string"
    ? [difference.path]
    : [difference.path.before, difference.path.after];
}

const within = (pattern: RegExp) => (difference: Difference): boolean =>
  pathsOf(difference).every((path) => pattern.test(path));

/** Whether a difference is that of an attention's activation: the last layers of its mask. */
function isActivation(difference: Difference): boolean {
  const ends = /\.mask\.(sigmoid|l2norm|standardize)\d*$/;
  return pathsOf(difference).every((path) => ends.test(path));
}

/** Whether a difference is the merge of trunk and mask, (1 + M) T or M T. */
function isMerge(difference: Difference): boolean {
  if (difference.kind !== "changed") return false;
  const [field, ...others] = difference.fields;
  return others.length === 0 && field?.field === "merge" &&
    [field.before, field.after].toSorted().join() === "attend,gate";
}

/** What a factor may change of the network; nothing when it is not named. */
const ONLY: Readonly<Record<StudyName, Readonly<Record<string, (d: Difference) => boolean>>>> = {
  activation: { activation: isActivation },
  learning: { learning: isMerge, depth: within(/\.module\d+/) },
  mask: { mask: within(/\.module\d+\.mask(\.|$)/) },
  // Another network is another network; what it is trained with is the same.
  noise: { noise: () => false, network: () => true },
  depth: { data: (d) => pathsOf(d).every((path) => path === "classifier"), network: () => true },
  response: { learning: isMerge, network: () => true },
  attention: { attention: within(/^attention\d+(\.|$)/) },
  // Its arms differ in how they are trained, and have a test of their own.
  recipe: {},
  // The units themselves, and what stands before a mask's convolutions and the head because units
  // that end with a rectifier need no other.
  units: {
    unit: within(
      /\.unit\d+(\.|$)|\.mask\.(batchNorm|batch_norm|relu|bn)\d*$|^(batchNorm|batch_norm|relu|bn)\d*$/,
    ),
  },
};

/** The factors in which two arms differ. */
function differing(a: Arm, b: Arm): readonly string[] {
  const names = new Set([...Object.keys(a.factors), ...Object.keys(b.factors)]);
  return [...names].filter((name) => a.factors[name] !== b.factors[name]);
}

function recipeProblems(recipe: unknown) {
  const result = checkRecipe(recipe);
  return result._tag === "Left" ? result.left : [];
}

const OPTIONS = { cifar100: "cifar100:somewhere" };

/** The studies whose arms are trained alike. */
const COMPARISONS = STUDY_NAMES.filter((name) => name !== "recipe");

for (const name of COMPARISONS) {
  for (const scale of SCALES) {
    Deno.test(`the arms of ${name} at ${scale} scale differ in one thing at a time`, () => {
      const { arms } = study(name, { ...OPTIONS, scale });
      const plans = arms.map(({ net, input }) => orThrow(plan(net, input)));
      let pairs = 0;
      arms.forEach((a, i) =>
        arms.slice(i + 1).forEach((b, j) => {
          const [factor, ...others] = differing(a, b);
          if (factor === undefined || others.length > 0) return;
          pairs++;
          const { labelNoise: noiseA, ...recipeA } = a.recipe;
          const { labelNoise: noiseB, ...recipeB } = b.recipe;
          assertEquals(recipeA, recipeB);
          assertEquals(noiseA === noiseB, factor !== "noise");
          assertEquals(a.data === b.data, factor !== "data");
          assertEquals(a.input, b.input);
          const { differences } = diff(plans[i]!, plans[i + 1 + j]!);
          assertEquals(differences.length > 0, factor !== "noise");
          const allowed = ONLY[name][factor] ?? (() => false);
          const strange = differences.filter((difference) => !allowed(difference));
          assertEquals(strange.map(pathsOf), [], `${a.name} and ${b.name}`);
        })
      );
      // ResNet-164 has no learning to share with another arm of the study of responses.
      const least = name === "response" ? 1 : arms.length - 1;
      assert(pairs >= least, `${pairs} pairs of ${arms.length} arms`);
    });
  }
}

for (const scale of SCALES) {
  Deno.test(`each arm of recipe at ${scale} scale leaves one part out`, () => {
    const [whole, ...arms] = study("recipe", { scale }).arms;
    if (whole === undefined) throw new Error("the study has no arms");
    assertEquals(arms.length, 8);
    const planned = (arm: Arm) => orThrow(plan(arm.net, arm.input));
    for (const arm of arms) {
      const fields = new Set([...Object.keys(whole.recipe), ...Object.keys(arm.recipe)]);
      const changed = [...fields].filter((field) => {
        const [a, b] = [whole, arm].map(({ recipe }) =>
          JSON.stringify({ ...recipe }[field as "loss"])
        );
        return a !== b;
      });
      const { differences } = diff(planned(whole), planned(arm));
      const own = String(arm.factors.without);
      assertEquals(
        changed,
        {
          muon: ["optimizer"],
          whitening: ["optimizer", "starts"],
          identities: ["starts"],
          sizes: ["sizes"],
          turns: ["augment"],
          smoothing: ["labelSmoothing"],
        }[own] ?? [],
      );
      assertEquals(differences.length > 0, ["gelu", "masks"].includes(own), own);
      assertEquals(recipeProblems(arm.recipe), []);
    }
  });
}

Deno.test("the networks of attention cost the same, within a twentieth", () => {
  for (const scale of SCALES) {
    const macs = study("attention", { scale }).arms
      .map(({ net, input }) => cost(orThrow(plan(net, input))).macs);
    assert(Math.max(...macs) < 1.05 * Math.min(...macs), `${macs}`);
  }
});

Deno.test("attention networks of two depths differ in their modules alone", () => {
  const { arms } = study("depth");
  const attention = arms.filter(({ title }) => title.startsWith("Attention"));
  const [first, ...rest] = attention.map(({ net, input }) => orThrow(plan(net, input)));
  for (const other of rest) {
    const { differences } = diff(first!, other);
    assertEquals(differences.filter((d) => !within(/\.module\d+/)(d)).map(pathsOf), []);
  }
});

Deno.test("every arm has a folder of its own, and the paper's figures stand beside the arms", () => {
  for (const name of STUDY_NAMES) {
    const { arms } = study(name, OPTIONS);
    const folders = arms.map((arm) => runName({ arm, seed: 1 }));
    assertEquals(new Set(folders).size, arms.length);
    for (const folder of folders) assert(/^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(folder), folder);
  }
  const papers = (name: StudyName) => study(name, OPTIONS).arms.map(({ paper }) => paper);
  assertEquals(papers("activation"), [5.52, 6.24, 6.33]);
  assertEquals(papers("learning"), [5.52, 5.89, 4.99, 5.35, 4.44, 5.57, 4.31, 7.18]);
  assertEquals(papers("mask"), [5.52, 6.48]);
  assertEquals(papers("noise").slice(0, 8), [5.15, 5.79, 7.27, 15.75, 5.93, 6.61, 8.35, 17.21]);
  assertEquals(papers("depth").filter((figure) => figure !== undefined), [
    ...[4.99, 4.14, 3.9, 5.46],
    ...[21.71, 21.16, 20.45, 24.33],
  ]);
});

Deno.test("paper scale is the paper's recipe and its networks, and the others say what is not", () => {
  for (const name of COMPARISONS) {
    const { arms, scale } = study(name, { ...OPTIONS, scale: "paper" });
    assertEquals(scale.notes, []);
    assertEquals(scale.testImages, undefined);
    for (const { recipe: { labelNoise: _, ...recipe } } of arms) {
      assertEquals(recipe, PRESETS.paper);
    }
    for (const smaller of ["tiny", "small"] as const) {
      assert(study(name, { scale: smaller }).scale.notes.length >= 3);
    }
  }
});

Deno.test("arms on other data bear its name, not that of CIFAR-10", () => {
  const dataOf = (data: string) =>
    new Set(study("depth", { data }).arms.map(({ factors }) => factors.data));
  assertEquals(dataOf("shapes,count=5000"), new Set(["shapes,count=5000"]));
  assertEquals(dataOf("cifar10:data/cifar"), new Set(["CIFAR-10"]));
});
