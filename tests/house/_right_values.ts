/** Which values are right for the parameters of exported functions, by the names of parameters. */
import * as netfold from "../../mod.ts";
import { diagramOf } from "../../dsl/interpreters/diagram/mod.ts";
import { GraphBuilder } from "../../dsl/graph/builder.ts";
import { shapes } from "../../tasks/data/shapes.ts";

const graph = new GraphBuilder();
const x = graph.input("x", [2, 3]);
const planned = netfold.orThrow(netfold.plan(netfold.identity, [4]));
const program = netfold.inference(planned, 1);
const optimizer = netfold.sgd();
const images = netfold.orThrow(shapes({ count: 4, testCount: 4 })).train;
const normalization = { kind: "per-channel", mean: new Float32Array(3), std: new Float32Array(3) };
const tensors = new Map();

export const listsOfWrong: readonly unknown[] = [[null], [Symbol("x")]];

/** A right value for each parameter of a name; further ones where it takes several kinds. */
export const RIGHT: Readonly<Record<string, readonly unknown[]>> = {
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
export const OWN: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
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
export const NOTHING: Readonly<Record<string, string>> = {
  chain: "the empty chain is the identity",
  inOrder: "no augmentation leaves images as they are",
  language: "a language of no rules",
};

/** Functions for which any value is a right one, and why. */
export const ANY: Readonly<Record<string, string>> = {
  equal: "compares any values",
  isLayer: "answers for any value whether it is a layer of a type",
  areFiles: "answers for any value whether it is images in files",
  areRead: "answers for any value whether it is images that are read",
  Shared: "holds any tensor of an engine's own",
};
