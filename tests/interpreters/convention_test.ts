/**
 * Counts by other tools' conventions, held against what those tools print:
 * fvcore 0.1.6 (commit 3378afe) and torchinfo 1.8.0 (commit 5c4164f) on torch
 * 2.13.0 and torchvision 0.28.0, batch of one, evaluation mode.
 */
import { assertEquals } from "@std/assert";
import {
  bam,
  cbam,
  chain,
  countOperations,
  eca,
  fork,
  identity,
  type Net,
  orThrow,
  params,
  plan,
  type Shape,
  squeezeExcite,
  stage,
  summarize,
} from "../../mod.ts";
import {
  adaptiveAveragePool,
  averagePool,
  batchNorm,
  channelPool,
  conv,
  coordinateMask,
  dense,
  dropout,
  flatten,
  globalAveragePool,
  l2Normalize,
  maxPool,
  positionPool,
  relu,
  resize,
  resizeHalfPixel,
  resizeNearest,
  sigmoid,
  softmax,
  standardize,
} from "../../layers/mod.ts";
import { network } from "../../nets/zoo.ts";

/** A network of every layer and merge; each has its counterpart in PyTorch. */
const every: Net = chain(
  conv(8, { kernel: 3, padding: 1, bias: true }), // Conv2d
  batchNorm(), // BatchNorm2d
  relu(),
  maxPool(2), // MaxPool2d
  conv(12, { kernel: 3, stride: 2, padding: 1, groups: 2 }),
  batchNorm({ scale: false, shift: false }), // BatchNorm2d(affine=False)
  sigmoid(),
  fork(
    "add",
    identity,
    conv(12, { kernel: 3, padding: 2, dilation: 2, groups: 12, bias: true }),
  ),
  fork("multiply", conv(12), conv(12)),
  fork("concat", identity, chain(conv(4, { bias: true }), relu())),
  fork("match", identity, chain(averagePool(2), conv(16))), // AvgPool2d, F.interpolate
  fork("attend", conv(16), chain(standardize(), sigmoid())), // InstanceNorm2d
  fork("gate", identity, l2Normalize()), // F.normalize(dim=1)
  resize([6, 10]), // F.interpolate(mode="bilinear", align_corners=True)
  dropout(0.5),
  averagePool(2),
  flatten(),
  dense(20, { bias: false }), // Linear(bias=False)
  batchNorm(), // BatchNorm1d
  relu(),
  dense(10),
  softmax(),
);

const pooled: Net = chain(
  conv(8, { kernel: 3 }),
  batchNorm(),
  relu(),
  globalAveragePool(), // AdaptiveAvgPool2d(1)
  dense(5),
);

interface Printed {
  readonly net: Net;
  readonly input: Shape;
  /** The tools' counts of parameters, which leave running statistics out. */
  readonly parameters: number;
  readonly fvcore: number;
  readonly torchinfo: number;
}

function zoo(name: string): Pick<Printed, "net" | "input"> {
  const { net, input } = orThrow(network(name));
  return { net, input };
}

const PRINTED: Readonly<Record<string, Printed>> = {
  "a network of every layer and merge": {
    net: every,
    input: [16, 20, 3],
    parameters: 6_694,
    fvcore: 109_584,
    torchinfo: 100_730,
  },
  "a network with a global average": {
    net: pooled,
    input: [9, 7, 3],
    parameters: 277,
    fvcore: 15_160,
    torchinfo: 13_669,
  },
  "Attention-56's first module": {
    net: stage(1, 2, 1, { depth: 3 }),
    input: [32, 32, 64],
    parameters: 62_976,
    fvcore: 32_114_688,
    torchinfo: 30_534_144,
  },
  "a module on a map of odd sizes": {
    net: stage(1, 2, 1, { depth: 2 }),
    input: [13, 21, 64],
    parameters: 49_344,
    fvcore: 8_307_840,
    torchinfo: 7_904_704,
  },
  "Attention-56 for CIFAR-10": {
    ...zoo("cifar/attention-56"),
    parameters: 1_148_826,
    fvcore: 126_149_120,
    torchinfo: 122_841_066,
  },
  "torchvision's ResNet-18": {
    ...zoo("imagenet/resnet-18"),
    parameters: 11_689_512,
    fvcore: 1_819_065_856,
    torchinfo: 1_814_083_944,
  },
  "torchvision's ResNet-50": {
    ...zoo("imagenet/resnet-50"),
    parameters: 25_557_032,
    fvcore: 4_111_512_576,
    torchinfo: 4_089_238_376,
  },
  "torchvision's VGG-16": {
    ...zoo("imagenet/vgg-16"),
    parameters: 138_357_544,
    fvcore: 15_470_289_408,
    torchinfo: 15_483_821_032,
  },
};

for (const [name, { net, input, parameters, ...counts }] of Object.entries(PRINTED)) {
  Deno.test(`countOperations() gives what fvcore and torchinfo print for ${name}`, () => {
    const planned = orThrow(plan(net, input));
    assertEquals(
      {
        parameters: params(planned).trainable,
        fvcore: countOperations(planned, "fvcore"),
        torchinfo: countOperations(planned, "torchinfo"),
      },
      { parameters, ...counts },
    );
  });
}

Deno.test("countOperations() by fvcore counts pools to a size and resizings, and no means", () => {
  // What fvcore prints for the exported module of each alone.
  const alone: readonly (readonly [Net, number])[] = [
    [globalAveragePool(), 960],
    [adaptiveAveragePool(1), 960],
    [positionPool("mean"), 0],
    [channelPool("mean"), 0],
    [resize([7, 20]), 4480],
    [resize([12, 10]), 0],
    [resizeNearest([7, 20]), 1120],
    [resizeHalfPixel([12, 10]), 3840],
    [coordinateMask({ ratio: 2, least: 2 }), 1584],
    [squeezeExcite({ ratio: 2 }), 64],
    [squeezeExcite({ ratio: 2, pool: adaptiveAveragePool(1) }), 64 + 960],
    [cbam({ ratio: 2 }), 13_088],
    [bam({ ratio: 2 }), 42_792],
    [eca(), 984],
  ];
  for (const [net, count] of alone) {
    assertEquals(countOperations(orThrow(plan(net, [12, 10, 8])), "fvcore"), count);
  }
});

Deno.test("countOperations() gives the paper's multiply-adds, and netfold's FLOPs", () => {
  const { net, input } = zoo("cifar/attention-92");
  const planned = orThrow(plan(net, input));
  assertEquals(countOperations(planned, "paper"), 211_913_216);
  const { macs, flops } = summarize(planned);
  assertEquals(countOperations(planned, "paper"), macs);
  assertEquals(countOperations(planned, "netfold"), flops);
});
