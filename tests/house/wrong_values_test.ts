/**
 * Combinators and readings called from plain JavaScript with what they do not take: a problem, and
 * neither an accident within nor a silent success.
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import * as layers from "../../layers/mod.ts";
import * as netfold from "../../mod.ts";
import * as nets from "../../nets/mod.ts";
import { ProblemError } from "../../dsl/problem/throw.ts";

const NETS = [
  "chain",
  "residual",
  "matchSize",
] as const;

const READINGS = [
  "cost",
  "depth",
  "diagramOf",
  "foldPlan",
  "leaves",
  "params",
  "parametersOf",
  "receptiveFields",
  "renderSummary",
  "summarize",
  "summaryCsv",
  "summaryMarkdown",
] as const;

/** What reads a tensor program, a diagram or a comparison. */
const OTHERS = [
  "dump",
  "initialState",
  "memoryUse",
  "renderDiff",
  "toDot",
  "toMermaid",
  "trainingCost",
] as const;

/** Anything but a network or a plan, those of unknown kinds and networks unplanned among it. */
const wrong = fc.oneof(
  fc.anything(),
  fc.record({ kind: fc.string() }),
  fc.constantFrom(undefined, null, 3, "conv", [], {}, new Float32Array(3), () => 3),
);

const exported: ReadonlyMap<string, unknown> = new Map(
  Object.entries({ ...nets, ...layers, ...netfold }),
);

/** Calls a function as plain JavaScript does. */
function call(name: string, ...args: readonly unknown[]): unknown {
  const called = exported.get(name);
  if (typeof called !== "function") throw new Error(`${name} is no function`);
  return Reflect.apply(called, undefined, [...args]);
}

function assertArgument(work: () => unknown): void {
  const { problems }: ProblemError = assertThrows(work, ProblemError);
  assertEquals(problems.map(({ code }) => code), ["invalid-argument"]);
}

for (const name of NETS) {
  Deno.test(`${name}() of what is no network is a problem`, () => {
    // An argument that is left out is another matter: an empty chain is the identity.
    fc.assert(fc.property(wrong, (value) => assertArgument(() => call(name, value))));
  });
}

Deno.test("fork() and names of what is no network are a problem", () => {
  fc.assert(fc.property(wrong, (value) => {
    assertArgument(() => call("fork", "add", value));
    assertArgument(() => call("repeat", 2, value));
    for (const name of ["named", "numbered", "labelled"] as const) {
      assertArgument(() => call(name, "part", value));
    }
  }));
});

for (const name of READINGS) {
  Deno.test(`${name}() of what is no plan is a problem`, () => {
    fc.assert(fc.property(wrong, (value) => assertArgument(() => call(name, value))));
    assertArgument(() => call(name));
    assertArgument(() => call(name, netfold.identity));
  });
}

for (const name of OTHERS) {
  Deno.test(`${name}() of what it does not read is a problem`, () => {
    fc.assert(fc.property(wrong, (value) => assertArgument(() => call(name, value))));
    assertArgument(() => call(name));
  });
}

Deno.test("programs of what is no plan, and of no number of images, are a problem", () => {
  const planned = netfold.orThrow(netfold.plan(layers.relu(), [4]));
  fc.assert(fc.property(wrong, (value) => {
    assertArgument(() => call("inference", value, 1));
    assertArgument(() => call("probe", value, 1, []));
  }));
  for (const batch of [undefined, null, 0, -1, 1.5, NaN, "2"]) {
    assertArgument(() => call("inference", planned, batch));
  }
});

Deno.test("a language that is none, and a path that is no text, are a problem", () => {
  for (const language of [3, "standard", {}, [], () => 3]) {
    assertArgument(() => call("plan", netfold.identity, [4], { language }));
    assertArgument(() => call("fromJSON", "{}", { language }));
    assertArgument(() => call("find", netfold.identity, "conv1", { language }));
  }
  for (const options of [null, 3, "language"]) {
    assertArgument(() => call("plan", netfold.identity, [4], options));
  }
  for (const path of [undefined, null, 3, {}]) {
    for (const name of ["find", "remove", "replace", "insertAfter", "insertBefore"]) {
      assertArgument(() => call(name, layers.relu(), path, netfold.identity));
    }
  }
});

/** Edits, each with what follows the network. */
const EDITS = {
  find: ["conv1"],
  freeze: [],
  insertAfter: ["conv1", netfold.identity],
  insertBefore: ["conv1", netfold.identity],
  mapLayers: [() => netfold.identity],
  paths: [],
  remove: ["conv1"],
  replace: ["conv1", netfold.identity],
  unfreeze: [],
  withClasses: [10],
} as const;

for (const [name, more] of Object.entries(EDITS)) {
  Deno.test(`${name}() of what is no network is a problem`, () => {
    fc.assert(fc.property(wrong, (value) => assertArgument(() => call(name, value, ...more))));
  });
}

/** What takes options, each with the arguments before them and one option misspelt. */
const OPTIONS = {
  conv: [[8], "kernle"],
  dense: [[8], "bais"],
  batchNorm: [[], "epsilom"],
  l2Normalize: [[], "epsilom"],
  standardize: [[], "epsilom"],
  maxPool: [[2], "strid"],
  averagePool: [[2], "paddign"],
  preactivation: [[], "bottlneck"],
  basic: [[], "widht"],
  resnext: [[], "gruops"],
  hourglass: [[], "dpeth"],
  mask: [[netfold.identity], "activaton"],
  localMask: [[], "cuont"],
  stage: [[1, 2, 1], "learnign"],
  attend: [[netfold.identity], "learnign"],
  plain: [[], "widhts"],
  preactivationResnet: [[], "unist"],
  resnet56: [[], "clases"],
  resnet50: [[], "clases"],
  vgg16: [[], "clases"],
  wrn16x8: [[], "clases"],
  wideResnet: [[], "fcator"],
  attention56: [[], "clases"],
  residualAttention: [[], "modlues"],
  inceptionResnetV1: [[], "gama"],
  inceptionResnetV2: [[], "gama"],
  network: [["cifar/attention-56"], "clases"],
} as const;

for (const [name, [before, misspelt]] of Object.entries(OPTIONS)) {
  Deno.test(`${name}() suggests the option that was meant`, () => {
    const work = () => call(name, ...before, { [misspelt]: 3 });
    const { problems }: ProblemError = assertThrows(work, ProblemError);
    assertEquals(problems.map(({ code, path }) => ({ code, path })), [
      { code: "unknown-option", path: misspelt },
    ]);
    assert(problems[0]?.hint.startsWith("did you mean"), problems[0]?.hint);
  });
}

Deno.test("options that are no object are a problem", () => {
  for (const value of [null, 3, "kernel", [], true]) {
    assertArgument(() => call("conv", 8, value));
    assertArgument(() => call("vgg", value));
  }
});
