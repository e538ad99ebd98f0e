/** Options of networks, blocks and layers that hold what they may not: a problem, and never the default. */
import { assert, assertEquals } from "@std/assert";
import { equal, identity, type Net, plan, ProblemError } from "../../mod.ts";
import { isNet } from "../../dsl/net/net.ts";
import * as netfold from "../../mod.ts";
import * as layers from "../../layers/mod.ts";
import * as nets from "../../nets/mod.ts";

const { bam, basic, cbam, convnextBlock, coordinateAttention, denseBlock, eca, hourglass } =
  netfold;
const { invertedResidual, localMask, mask, preactivation, resnext, separable } = netfold;
const { squeezeExcite, stage } = netfold;

const FUNCTIONS = {
  ...layers,
  ...nets,
  ...{ bam, basic, cbam, convnextBlock, coordinateAttention, denseBlock, eca, hourglass },
  ...{ invertedResidual, localMask, mask, preactivation, resnext, separable, squeezeExcite },
  stage,
};

/** What stands before the options, and options that must be given. */
const NEEDED: Readonly<Record<string, readonly [before: readonly unknown[], options: object]>> = {
  ...{ conv: [[8], {}], convTranspose: [[8], {}], dense: [[8], {}], separable: [[8], {}] },
  ...{ averagePool: [[2], {}], maxPool: [[2], {}], groupNorm: [[2], {}], pad: [[1], {}] },
  ...{ mask: [[identity], {}], stage: [[1, 1, 1], {}], hourglass: [[], { depth: 1 }] },
  convnext: [[], { blocks: [1, 1, 1, 1] }],
  densenet: [[], { layers: [1] }],
  preactivationResnet: [[], { units: 1 }],
  resnet: [[], { units: [1] }],
  vgg: [[], { convolutions: [1, 1, 1, 1, 1] }],
  wideResnet: [[], { depth: 10, factor: 1 }],
};

const WRONG = ["nonsense", { nonsense: 1 }, () => identity];

/** The network that a call makes; nothing where it is refused. */
function made(make: unknown, args: readonly unknown[]): Net | ProblemError {
  try {
    return Reflect.apply(Object(make), undefined, args);
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw new Error(`no problem is given, but ${error}`);
  }
}

Deno.test("an option that holds what it may not is refused, at once or by the plan", () => {
  let judged = 0;
  for (const [name, make] of Object.entries<unknown>(FUNCTIONS)) {
    if (typeof make !== "function") continue;
    const [before, options] = NEEDED[name] ?? [[], {}];
    const unknown = made(make, [...before, { ...options, nonsense: 1 }]);
    const [problem] = unknown instanceof ProblemError ? unknown.problems : [];
    if (problem?.code !== "unknown-option") continue;
    const usual = made(make, [...before, options]);
    assert(isNet(usual), name);
    for (const option of problem.wanted.split(", ")) {
      for (const wrong of WRONG) {
        const net = made(make, [...before, { ...options, [option]: wrong }]);
        judged++;
        if (net instanceof ProblemError) continue;
        assert(!equal(net, usual), `${name}: ${option} is ignored`);
        assertEquals(plan(net, [64, 64, 32])._tag, "Left", `${name}: ${option} is taken`);
      }
    }
  }
  assert(judged > 500, `${judged}`);
});
