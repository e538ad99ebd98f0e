/**
 * Every exported function called from plain JavaScript with what it does not take: a problem, and
 * neither an accident within nor a silent success. The functions are those of all entries of
 * `deno.json`, and their parameters are read off their sources, so that a new one is under this law
 * as it is. What is told here is which values are right, by the names of parameters.
 */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import configuration from "../../deno.json" with { type: "json" };
import * as netfold from "../../mod.ts";
import { diagramOf } from "../../dsl/interpreters/diagram/mod.ts";
import { isNet } from "../../dsl/net/net.ts";
import { GraphBuilder } from "../../dsl/graph/builder.ts";
import { show } from "../../dsl/problem/show.ts";
import { ProblemError } from "../../dsl/problem/throw.ts";
import { shapes } from "../../tasks/data/shapes.ts";
import { study } from "../../tasks/study/studies.ts";
import { type Callable, isClass, type Parameter, parametersOf } from "./_parameters.ts";

const graph = new GraphBuilder();
const x = graph.input("x", [2, 3]);
const planned = netfold.orThrow(netfold.plan(netfold.identity, [4]));
const program = netfold.inference(planned, 1);
const optimizer = netfold.sgd();
const images = netfold.orThrow(shapes({ count: 4, testCount: 4 })).train;
const normalization = { kind: "per-channel", mean: new Float32Array(3), std: new Float32Array(3) };
const tensors = new Map();

const listsOfWrong: readonly unknown[] = [[null], [Symbol("x")]];

/** A right value for each parameter of a name; further ones where it takes several kinds. */
const RIGHT: Readonly<Record<string, readonly unknown[]>> = {
  a: [x],
  after: [planned],
  algebra: [{ layer: () => 0, chain: () => 0, fork: () => 0 }],
  args: [["--version"]],
  at: [[0.5]],
  attention: [netfold.identity],
  axes: [[1]],
  b: [x],
  batch: [1],
  before: [planned],
  below: [1],
  block: [2],
  body: [netfold.identity],
  branches: [netfold.identity],
  by: [2],
  bytes: [new Uint8Array()],
  change: [() => netfold.identity],
  checkpoint: [{
    ...{ net: netfold.identity, input: [4], classes: ["a"], normalization, seed: 0, tensors },
    position: {},
  }],
  classes: [10],
  configuration: [{ type: "relu" }],
  convention: ["netfold"],
  count: [1],
  denominator: [4],
  depth: [2],
  deviation: [1],
  diagram: [diagramOf(planned)],
  diff: [netfold.diff(planned, planned)],
  drop: [() => {}],
  engine: [{ ...{ load() {}, upload() {}, free() {} }, backend: "cpu", description: "none" }],
  epsilon: [1e-5],
  fields: [{}],
  files: [{ ...images, paths: [] }],
  flops: [1],
  folder: ["no/such/folder"],
  from: [tensors],
  graph: [graph],
  groups: [4],
  image: [{ height: 1, width: 1, pixels: new Uint8Array(3) }],
  images: [images],
  indent: [2, "  "],
  input: [[4]],
  inputs: [{}],
  items: [[]],
  keep: [0.9],
  key: [[0, 1]],
  labels: [new Uint8Array(1)],
  layer: [{ type: "relu" }],
  lines: [[]],
  list: [[]],
  limits: [{}],
  logits: [new Float32Array(2), [0]],
  merge: ["add"],
  mode: ["inference"],
  name: ["part"],
  net: [netfold.identity],
  network: ["part"],
  nets: [netfold.identity],
  noise: [{ level: 0.1, classes: 3, key: [0, 1] }],
  norm: [1],
  normalization: [normalization],
  numerator: [1],
  observe: [() => {}],
  of: [optimizer],
  options: [{}],
  otherwise: [optimizer],
  p: [1],
  parameters: [tensors],
  part: [netfold.identity],
  path: ["part"],
  paths: ["part", {}],
  pictures: [["no.png"]],
  place: [{}],
  plan: [planned],
  preset: ["fast"],
  problems: [[]],
  r: [1],
  rate: [0.5],
  root: ["no/such/folder"],
  schedule: [netfold.cosine(), "cosine"],
  seed: [0],
  seeds: [1],
  shape: [[2, 3]],
  sheets: [[]],
  shortcut: [netfold.identity],
  share: [0.1],
  sides: [1, [1, 1, 1, 1]],
  size: [[4, 4], 4],
  state: [tensors],
  step: [program],
  t: [1],
  taps: [[]],
  tensors: [tensors],
  text: ["shapes"],
  then: [netfold.cosine()],
  times: [2],
  to: [planned],
  trunk: [netfold.identity],
  type: ["relu"],
  using: [{}],
  values: [[1], new Float32Array(1)],
  wanted: ["equal shapes"],
  watch: [{}],
  width: [8, "same"],
  words: ["valid"],
  window: [2, [2, 2]],
  work: [() => Promise.resolve()],
  wrt: [[x]],
  x: [x],
  y: [x],
};

/** Parameters whose right values are others than those of the name elsewhere. */
const OWN: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
  batchCount: { count: [10] },
  boxesOf: { items: [[]] },
  dump: { graph: [program] },
  gradients: { of: [x], seed: [x] },
  initialState: { graph: [program] },
  memoryUse: { graph: [program] },
  norm: { values: [x] },
  numberField: { from: [0] },
  points: { at: [[0, 1]] },
  prefetch: { source: [[], "text", new Float32Array(1), ...listsOfWrong] },
  schedule: { graph: [program] },
  summarize: { net: ["network"] },
  trainingNeeds: { options: [{ batch: 1, optimizer }] },
  trainingStep: { options: [{ batch: 1, optimizer }] },
  trainingStepToOnnx: { options: [{ batch: 1, optimizer }] },
  warmup: { from: [0] },
  withLoaded: { graph: [program] },
};

/** Functions that take nothing at all as right too, and why. */
const NOTHING: Readonly<Record<string, string>> = {
  chain: "the empty chain is the identity",
  inOrder: "no augmentation leaves images as they are",
  language: "a language of no rules",
};

/** Functions for which any value is a right one, and why. */
const ANY: Readonly<Record<string, string>> = {
  equal: "compares any values",
  isLayer: "answers for any value whether it is a layer of a type",
  areFiles: "answers for any value whether it is images in files",
  areRead: "answers for any value whether it is images that are read",
  Shared: "holds any tensor of an engine's own",
};

/** The kind of a value; a function that takes one of a kind may take others of it. */
function kindOf(value: unknown): string {
  if (value === null || Number.isNaN(value)) return `${value}`;
  if (Array.isArray(value)) return "list";
  return ArrayBuffer.isView(value) ? "numbers" : typeof value;
}

const targeted = [
  ...[undefined, null, 3, -1.5, NaN, "x", "", true, 10n, Symbol("x"), () => 3],
  ...listsOfWrong,
  ...[[], {}, { unknwon: 1 }, { kind: "x" }, new Float32Array(3)],
];

/** Whether a value may be a right one for a parameter. */
function mayBeRight(value: unknown, optional: boolean, right: readonly unknown[]): boolean {
  if (value === undefined && optional || right.includes(value)) return true;
  return right.some((one) => {
    if (kindOf(one) !== kindOf(value)) return false;
    const kind = kindOf(one);
    if (kind === "object") {
      return Object.keys(value as object).length === 0 && netfold.equal(one, {});
    }
    return kind !== "list" || !listsOfWrong.includes(value);
  });
}

const exported = new Map<Callable, string>();
for (const path of Object.values(configuration.exports)) {
  const entry: Readonly<Record<string, unknown>> = await import(`../../${path}`);
  for (const [name, value] of Object.entries(entry)) {
    if (typeof value === "function") exported.set(value as Callable, name);
  }
}

/** What comes of a call: the codes of its problems, or what came instead. */
async function outcome(called: Callable, args: readonly unknown[]): Promise<readonly string[]> {
  const codes = (problems: readonly netfold.Problem[]) => problems.map(({ code }) => code);
  try {
    const given: unknown = await (isClass(called)
      ? Reflect.construct(called, args)
      : Reflect.apply(called, undefined, args));
    const found = isNet(given) ? netfold.plan(given, [8, 8, 3]) : given;
    if (typeof found === "object" && found !== null && "left" in found) {
      return codes(found.left as readonly netfold.Problem[]);
    }
    return [`no problem: ${typeof given}`];
  } catch (error) {
    return error instanceof ProblemError ? codes(error.problems) : [`${error}`];
  }
}

/** The right values of a parameter of a function. */
function rightOf(name: string, parameter: Parameter): readonly unknown[] {
  const own = OWN[name]?.[parameter.name] ?? RIGHT[parameter.name];
  return own ?? (parameter.name === "{}" && parameter.optional ? [{}] : []);
}

/** Parameters in which a wrong value is always told of as an argument. */
const JUDGED = ["plan", "net", "nets", "branches", "body", "graph", "diagram", "diff", "before"];

for (const [called, name] of exported) {
  if (Object.hasOwn(ANY, name)) continue;
  const parameters = parametersOf(called);
  const right = parameters.map((parameter) => rightOf(name, parameter));
  const usual = parameters.map(({ optional }, i) => optional ? undefined : right[i]?.[0]);
  const assertProblem = async (args: readonly unknown[], place?: string) => {
    const codes = await outcome(called, args);
    const told = codes.length > 0 && codes.every((code) => /^[a-z0-9-]+$/.test(code));
    assert(told, `${name}(${args.map(show).join(", ")}): ${codes}`);
    if (place === undefined || !JUDGED.includes(place)) return;
    assert(["invalid-argument", "not-a-network"].includes(codes.join()), `${name}(): ${codes}`);
  };
  Deno.test(`${name}() of wrong values is a problem`, async () => {
    const needs = parameters.some(({ optional }) => !optional) && !Object.hasOwn(NOTHING, name);
    if (needs) await assertProblem([]);
    for (const [i, { name: place, optional }] of parameters.entries()) {
      const refused = async (value: unknown) => {
        if (!mayBeRight(value, optional, right[i] ?? [])) {
          await assertProblem(usual.with(i, value), place);
        }
      };
      for (const value of targeted) await refused(value);
      await fc.assert(fc.asyncProperty(fc.anything(), refused), { numRuns: 20 });
    }
  });
}

/** What makes layers and blocks of options, each with the arguments before them and one option misspelt. */
const LAYERS = {
  conv: [[8], "kernle"],
  convTranspose: [[8], "strid"],
  pad: [[1], "mdoe"],
  dense: [[8], "bais"],
  batchNorm: [[], "epsilom"],
  layerNorm: [[], "epsilom"],
  groupNorm: [[4], "shfit"],
  layerScale: [[], "strat"],
  leakyRelu: [[], "slpoe"],
  prelu: [[], "chanelwise"],
  l2Normalize: [[], "epsilom"],
  standardize: [[], "epsilom"],
  maxPool: [[2], "strid"],
  averagePool: [[2], "paddign"],
  preactivation: [[], "bottlneck"],
  invertedResidual: [[], "expnsion"],
  denseBlock: [[], "grwoth"],
  convnextBlock: [[], "krenel"],
  separable: [[8], "strid"],
  squeezeExcite: [[], "raito"],
  cbam: [[], "krenel"],
  bam: [[], "diltion"],
  eca: [[], "krenel"],
  coordinateAttention: [[], "raito"],
  coordinateMask: [[], "leats"],
  channelConv: [[], "krenel"],
  basic: [[], "widht"],
  resnext: [[], "gruops"],
  hourglass: [[], "dpeth"],
  mask: [[netfold.identity], "activaton"],
  localMask: [[], "cuont"],
  stage: [[1, 2, 1], "learnign"],
  attend: [[netfold.identity], "learnign"],
} as const;

/** All that takes options. */
const MISSPELT = {
  ...LAYERS,
  plain: [[], "widhts"],
  preactivationResnet: [[], "unist"],
  resnet56: [[], "clases"],
  resnet50: [[], "clases"],
  vgg16: [[], "clases"],
  convnextTiny: [[], "clases"],
  efficientnetB0: [[], "clases"],
  seResnet50: [[], "clases"],
  cifarResnet18: [[], "clases"],
  cifarMobilenetV2: [[], "clases"],
  cifarDensenet100: [[], "clases"],
  wrn16x8: [[], "clases"],
  wideResnet: [[], "fcator"],
  attention56: [[], "clases"],
  residualAttention: [[], "modlues"],
  inceptionResnetV1: [[], "gama"],
  inceptionResnetV2: [[], "gama"],
  network: [["cifar/attention-56"], "clases"],
  train: [[{ net: netfold.identity, data: "shapes", out: "no/such/folder" }], "onEpohc"],
  resume: [["no/such/folder"], "onEpohc"],
  findRate: [[{ net: netfold.identity, data: "shapes" }], "onSetp"],
  evaluate: [["no/such/folder"], "spilt"],
  predict: [["no/such/folder", ["no.png"]], "topp"],
  runStudy: [[{ study: study("learning"), folder: "no/such/folder", seeds: 1 }], "onRunend"],
} as const;

/** What is thrown or given as problems. */
async function problemsOf(work: () => unknown): Promise<readonly netfold.Problem[]> {
  try {
    const given = await work() as netfold.Result<unknown>;
    return given._tag === "Left" ? given.left : [];
  } catch (error) {
    if (error instanceof ProblemError) return error.problems;
    throw error;
  }
}

const byName = new Map([...exported].map(([called, name]) => [name, called]));

for (const [name, [before, misspelt]] of Object.entries(MISSPELT)) {
  Deno.test(`${name}() suggests the option that was meant`, async () => {
    const problems = await problemsOf(() =>
      Reflect.apply(byName.get(name) ?? String, undefined, [...before, { [misspelt]: 3 }])
    );
    const named = name in LAYERS ? `${name}.${misspelt}` : misspelt;
    assertEquals(problems.map(({ code, path }) => ({ code, path })), [
      { code: "unknown-option", path: named },
    ]);
    assert(problems[0]?.hint.startsWith("did you mean"), problems[0]?.hint);
  });
}
