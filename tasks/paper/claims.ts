/**
 * What the paper states of parameters and costs (arXiv 1704.06904 v1: Tables 2,
 * 6 and 7), and what follows from the networks that its author released and
 * from its rules, with the reason wherever ours differs.
 */
import type { Counts } from "./counts.ts";

/** `parameters` is any of the three ways of counting them: the paper does not say which. */
export type Quantity = "parameters" | keyof Counts;

export interface Claim {
  readonly network: string;
  readonly quantity: Quantity;
  /** The figure as stated: `31.9M`, `6.3G`, `29.0%`, or a number to the last digit. */
  readonly stated: string;
  /** Why ours differs, or what else is to be known. */
  readonly note?: string;
}

export interface ClaimSection {
  readonly title: string;
  /** Whether ours must meet every figure: those that follow from released files and rules. */
  readonly binding: boolean;
  readonly claims: readonly Claim[];
}

const claim = (network: string, quantity: Quantity, stated: string, note?: string): Claim =>
  note === undefined ? { network, quantity, stated } : { network, quantity, stated, note };

/** Several figures of one network. */
const claims = (
  network: string,
  stated: Readonly<Partial<Record<Quantity, string>>>,
): readonly Claim[] =>
  // The keys of a literal of this type are quantities.
  Object.entries(stated).map(([quantity, text]) => claim(network, quantity as Quantity, text));

const STEM_LEFT_OUT =
  "ours is the full count; without the 7x7 stem it would print the paper's figure, but the paper " +
  "does not say that it counts so";
const SHARED_LABEL =
  "31.9M is printed for all three networks of depth 56, so probably a shared label";
const PARAMS_92 =
  "the released network has 52.3M to 52.6M, whatever is counted; nothing explains 51.3M";
const INCEPTION =
  "no file was released; our units are simplified to Attention-56's depth and scale, never to " +
  "its figures";
const IS_RESNET_101 = "both figures printed are those of ResNet-101: 44,549,160 and 7.80G";

const TABLE_2: ClaimSection = {
  title: "Table 2, ImageNet at 224x224",
  binding: false,
  claims: [
    claim("imagenet/attention-56", "parameters", "31.9M"),
    claim(
      "imagenet/attention-56",
      "MACs",
      "6.2G",
      "Table 7 prints 6.3G for the same network; 6.15G without the 7x7 stem, or 6.27G cut off",
    ),
    claim("imagenet/attention-56", "depth", "56"),
    claim("imagenet/attention-92", "parameters", "51.3M", PARAMS_92),
    claim("imagenet/attention-92", "MACs", "10.4G", STEM_LEFT_OUT),
    claim("imagenet/attention-92", "depth", "92"),
  ],
};

const TABLE_6: ClaimSection = {
  title: "Table 6, CIFAR",
  binding: false,
  claims: [
    claim("cifar/resnet-164", "parameters", "1.7M"),
    claim("cifar/resnet-1001", "parameters", "10.3M"),
    claim("cifar/wrn-16-8", "parameters", "11.0M"),
    claim("cifar/wrn-28-10", "parameters", "36.5M"),
    claim("cifar/attention-92", "parameters", "1.9M"),
    claim(
      "cifar/attention-92, text, 100 classes",
      "parameters",
      "1.9M",
      "the other layout that prints 1.9M and 5.1M: that of the paper's Section 4.1",
    ),
    claim("cifar/attention-236", "parameters", "5.1M"),
    claim("cifar/attention-236, text, 100 classes", "parameters", "5.1M"),
    claim(
      "cifar/attention-452",
      "parameters",
      "8.6M",
      "unexplained: r = 3 as Fig 2 draws it gives 10.1M, and no reading of r fits 1.9M, 5.1M and 8.6M",
    ),
    claim(
      "cifar/attention-452, descent, text",
      "parameters",
      "8.6M",
      "one unit after each resizing, which Fig 2 does not draw; in this layout and accounting " +
        "Attention-92 and -236 would print 1.8M and 5.0M",
    ),
  ],
};

const TABLE_7: ClaimSection = {
  title: "Table 7, ImageNet, costs at 224x224",
  binding: false,
  claims: [
    claim("imagenet/resnet-152", "parameters", "60.2M"),
    claim(
      "imagenet/resnet-152",
      "MACs",
      "11.3G",
      "with the stride on the 3x3, as today's implementations have it; next line for the 1x1",
    ),
    claim(
      "imagenet/resnet-152, stride on the 1x1",
      "MACs",
      "11.3G",
      "the form of He et al., whose figure the paper prints",
    ),
    claim("imagenet/attention-56", "parameters", "31.9M"),
    claim("imagenet/attention-56", "MACs", "6.3G"),
    claim("imagenet/resnext-101-32x4d", "parameters", "44.5M", IS_RESNET_101),
    claim("imagenet/resnext-101-32x4d", "MACs", "7.8G", IS_RESNET_101),
    claim("imagenet/attentionnext-56", "parameters", "31.9M", SHARED_LABEL),
    claim("imagenet/attentionnext-56", "MACs", "6.3G", STEM_LEFT_OUT),
    claim("imagenet/attentioninception-56", "parameters", "31.9M", INCEPTION),
    claim("imagenet/attentioninception-56", "MACs", "6.3G", INCEPTION),
    claim("imagenet/resnet-200", "parameters", "64.7M"),
    claim("imagenet/resnet-200", "MACs", "15.0G"),
    claim("imagenet/attention-92", "parameters", "51.3M", PARAMS_92),
    claim("imagenet/attention-92", "MACs", "10.4G", STEM_LEFT_OUT),
  ],
};

/** Attention-56, Attention-92 and AttentionNeXt-56. */
const RELEASED_TABLE: readonly (readonly [Quantity, string, string, string])[] = [
  ["conv weights", "29,689,024", "50,283,712", "29,171,392"],
  ["1x1 weights", "16,519,168", "28,708,864", "27,516,928"],
  ["3x3 weights", "13,160,448", "21,565,440", "1,645,056"],
  ["7x7 weights", "9,408", "9,408", "9,408"],
  ["batch norms", "107", "176", "107"],
  ["gammas", "36,352", "66,816", "49,216"],
  ["conv and dense", "31,738,024", "52,332,712", "31,220,392"],
  ["trainable", "31,810,728", "52,466,344", "31,318,824"],
  ["with statistics", "31,883,432", "52,599,976", "31,417,256"],
  ["mask weights", "6,930,432", "17,498,112", "6,961,152"],
  ["1x1 MACs", "3,798,925,312", "6,457,851,904", "6,005,063,680"],
  ["3x3 MACs", "2,351,849,472", "3,955,875,840", "293,981,184"],
  ["7x7 MACs", "118,013,952", "118,013,952", "118,013,952"],
  ["MACs", "6,270,836,736", "10,533,789,696", "6,419,106,816"],
  ["mask MACs", "1,744,920,576", "3,387,482,112", "1,748,683,776"],
];

const RELEASED: ClaimSection = {
  title: "The released ImageNet networks, to the last digit",
  binding: true,
  claims: ["attention-56", "attention-92", "attentionnext-56"].flatMap((network, i) =>
    RELEASED_TABLE.map(([quantity, ...figures]) =>
      claim(`imagenet/${network}`, quantity, figures[i] ?? "")
    )
  ),
};

const CIFAR_TABLE = [
  ["56", "1,132,986", "1,148,826", "1,164,666", "1,015,482", "1,030,362", "122,825,216", "29.0%"],
  ["92", "1,931,706", "1,959,706", "1,987,706", "1,814,202", "1,841,242", "211,913,216", "33.6%"],
  ["128", "2,730,426", "2,770,586", "2,810,746", "2,612,922", "2,652,122", "301,001,216", "35.5%"],
  ["164", "3,529,146", "3,581,466", "3,633,786", "3,411,642", "3,463,002", "390,089,216", "36.5%"],
  ["236", "5,126,586", "5,203,226", "5,279,866", "5,009,082", "5,084,762", "568,265,216", "37.6%"],
] as const;

const CIFAR: ClaimSection = {
  title: "The CIFAR family by the paper's rules, 10 classes, to the last digit",
  binding: true,
  claims: CIFAR_TABLE.flatMap(
    ([depth, weights, trainable, total, textWeights, textTrainable, macs, share]) => [
      ...claims(`cifar/attention-${depth}`, {
        "conv and dense": weights,
        "trainable": trainable,
        "with statistics": total,
        "MACs": macs,
        "mask share": share,
        "depth": depth,
      }),
      ...claims(`cifar/attention-${depth}, text`, {
        "conv and dense": textWeights,
        "trainable": textTrainable,
        "MACs": macs,
      }),
    ],
  ),
};

const READINGS: ClaimSection = {
  title: "Attention-452: r as Fig 2 draws it, and as units on the way down alone (descent)",
  binding: true,
  claims: [
    ...claims("cifar/attention-452", { "conv and dense": "10.14M", "depth": "452" }),
    ...claims("cifar/attention-452, text", { "conv and dense": "10.02M", "trainable": "10.18M" }),
    ...claims("cifar/attention-452, descent", { "conv and dense": "8.73M", "depth": "452" }),
    ...claims("cifar/attention-452, descent, text", {
      "conv and dense": "8.61M",
      "trainable": "8.75M",
    }),
  ],
};

/** Every figure, by where it is stated. */
export const CLAIMS: readonly ClaimSection[] = [
  TABLE_2,
  TABLE_6,
  TABLE_7,
  RELEASED,
  CIFAR,
  READINGS,
];
