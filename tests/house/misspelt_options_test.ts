/** Every function that takes options, with one that is misspelt: the one that was meant is suggested. */
import { assert, assertEquals } from "@std/assert";
import * as netfold from "../../mod.ts";
import { ProblemError } from "../../dsl/problem/throw.ts";
import { study } from "../../tasks/study/studies.ts";
import { exported } from "./_exported.ts";

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
