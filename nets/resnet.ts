/**
 * Residual networks for ImageNet, post-activation as published: He, Zhang, Ren
 * and Sun, Deep residual learning for image recognition, CVPR 2016 (arXiv
 * 1512.03385); Xie, Girshick, Dollar, Tu and He, Aggregated residual
 * transformations for deep neural networks, CVPR 2017 (arXiv 1611.05431); Hu,
 * Shen and Sun, Squeeze-and-excitation networks, CVPR 2018 (arXiv 1709.01507).
 *
 * A 7x7 stem and a pool, four stages of units with 256, 512, 1024, 2048
 * channels (64 to 512 for units of two 3x3), and a dense layer. The stride of a
 * bottleneck stands on its 3x3, as in today's implementations; `strideOn` moves
 * it to the first 1x1, where He et al. had it, which costs less and is what
 * their figures count. Counts for 1000 classes at 224x224:
 *
 * | network | units | trainable | MACs | stride on the 1x1 |
 * |---|---|---|---|---|
 * | ResNet-18 | 2, 2, 2, 2 | 11,689,512 | 1,814,073,344 | |
 * | ResNet-34 | 3, 4, 6, 3 | 21,797,672 | 3,663,761,408 | |
 * | ResNet-50 | 3, 4, 6, 3 | 25,557,032 | 4,089,184,256 | 3,857,973,248 |
 * | ResNet-101 | 3, 4, 23, 3 | 44,549,160 | 7,801,405,440 | 7,570,194,432 |
 * | ResNet-152 | 3, 8, 36, 3 | 60,192,808 | 11,513,626,624 | 11,282,415,616 |
 * | ResNet-200 | 3, 24, 36, 3 | 64,673,832 | 15,007,481,856 | 14,776,270,848 |
 * | ResNeXt-50 32x4d | 3, 4, 6, 3 | 25,028,904 | 4,230,479,872 | 3,999,268,864 |
 * | ResNeXt-101 32x4d | 3, 4, 23, 3 | 44,177,704 | 7,969,996,800 | 7,507,574,784 |
 * | SE-ResNet-50 | 3, 4, 6, 3 | 28,088,024 | 4,091,699,200 | 3,860,488,192 |
 *
 * ResNet-18 for CIFAR has a 3x3 stem without a pool, as K. Liu's pytorch-cifar
 * and the speed records on CIFAR-10 (DAWNBench, 2018) have it: 11,173,962
 * trainable and 555,422,720 MACs for 10 classes at 32x32.
 *
 * ResNet-200 comes from He et al., Identity mappings in deep residual networks
 * (2016), which has it pre-activated; here it is post-activated like the others.
 * SE-ResNet-50 is timm's `seresnet50`: ResNet-50 with a squeeze-and-excitation to
 * a sixteenth of the channels before each sum.
 */
import { equal, NET, type Net } from "../dsl/net/net.ts";
import {
  COUNT,
  expectAll,
  type Filled,
  oneOf,
  optional,
  optionsOf,
  settling,
  type Wanted,
} from "../dsl/problem/expect.ts";
import { chain, identity, named, numbered, repeat, residual } from "../dsl/net/combinators.ts";
import { ratio, type Width } from "../dsl/net/shape.ts";
import { batchNorm } from "../layers/batch_norm.ts";
import { squeezeExcite } from "../layers/blocks/squeeze_excite.ts";
import { conv } from "../layers/conv.ts";
import { relu } from "../layers/relu.ts";
import { convNormRelu, COUNTS, FACTOR, head, imagenetStem, STEM } from "./_parts.ts";

/** What members of the family leave open. */
export interface ResnetFamilyOptions {
  /** Classes; 1000. */
  readonly classes?: number;
  /** The convolution of a bottleneck that halves the map; the 3x3. */
  readonly strideOn?: "3x3" | "1x1";
}

/** What members of the family for CIFAR leave open. */
export interface CifarResnetFamilyOptions {
  /** Classes; 10. */
  readonly classes?: number;
}

/** What members of the family differ in. */
export interface ResnetOptions extends ResnetFamilyOptions {
  /** Units of each stage. */
  readonly units: readonly number[];
  /** A 7x7 with a stride of 2 and a pool, or for small images a single 3x3; 7x7. */
  readonly stem?: "7x7" | "3x3";
  /** Two 3x3 convolutions, or 1x1, 3x3, 1x1 with a narrow middle; bottleneck. */
  readonly unit?: "basic" | "bottleneck";
  /** How many times narrower a bottleneck's middle is than its output; 4. */
  readonly bottleneck?: number;
  /** Groups of a bottleneck's 3x3, ResNeXt's cardinality; 1. */
  readonly groups?: number;
  /** What stands before each unit's sum, where `attend` puts it too; nothing. */
  readonly attention?: Net;
}

/**
 * A post-activation residual network for ImageNet, which ends in logits.
 *
 * @throws {ProblemError} When a stage has not a whole number of units of at least 1.
 * @example ResNet-10
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan } from "@netfold/netfold";
 * import { resnet } from "@netfold/netfold/nets";
 *
 * const net = resnet({ units: [1, 1, 1, 1], unit: "basic" });
 * assertEquals(params(orThrow(plan(net, [224, 224, 3]))).trainable, 5_418_792);
 * ```
 */
export function resnet(given: ResnetOptions): Net {
  const options = optionsOf(given, {
    classes: 1000,
    strideOn: "3x3",
    units: [],
    stem: "7x7",
    unit: "bottleneck",
    bottleneck: 4,
    groups: 1,
    attention: undefined,
  });
  const { classes, units, stem: size, unit: kind } = options;
  expectAll({
    units: [units, STAGES],
    unit: [kind, UNIT],
    stem: [size, STEM],
    strideOn: [options.strideOn, STRIDE_ON],
    groups: [options.groups, COUNT],
    bottleneck: [options.bottleneck, FACTOR],
    attention: [options.attention, ATTENTION],
  });
  const narrowest = kind === "basic" ? 64 : 256;
  const stages = units.map((count, i) => {
    const width = narrowest * 2 ** i;
    const stride = i === 0 ? 1 : 2;
    const widens = i > 0 || kind === "bottleneck";
    const unit = (entry?: Entry): Net =>
      kind === "basic" ? basicUnit(options, entry) : bottleneckUnit(options, entry);
    const first = widens ? unit({ width, stride }) : unit();
    return named(`stage${i + 1}`, chain(first, repeat(count - 1, unit())));
  });
  const stem = size === "3x3"
    ? convNormRelu(64, { kernel: 3, padding: 1 })
    : imagenetStem({ padding: 1 });
  return chain(named("stem", stem), ...stages, head(classes));
}

const UNIT = /* @__PURE__ */ oneOf(["basic", "bottleneck"]);
const ATTENTION = /* @__PURE__ */ optional(NET);
const STRIDE_ON = /* @__PURE__ */ oneOf(["3x3", "1x1"]);
const STAGES: Wanted = {
  fits: (value) => COUNTS.fits(value) && !equal(value, []),
  wanted: "the units of each stage, at least 1",
  hint: "as ResNet-50 has them: [3, 4, 6, 3]",
};

/** What a stage's first unit changes of its input. */
interface Entry {
  readonly width: number;
  readonly stride: number;
}

/** The options of a network, with defaults. */
type Options = Filled<ResnetOptions, { readonly attention: undefined }>;

function basicUnit({ attention }: Options, entry?: Entry): Net {
  const { width = "same", stride = 1 } = entry ?? {};
  return postactivation(
    chain(
      convNormRelu(width, { kernel: 3, stride, padding: 1 }),
      conv("same", { kernel: 3, padding: 1 }),
    ),
    attention,
    entry,
  );
}

function bottleneckUnit(
  { bottleneck, groups, strideOn, attention }: Options,
  entry?: Entry,
): Net {
  const { stride = 1 } = entry ?? {};
  const [middle, output]: readonly [Width, Width] = entry === undefined
    ? [ratio(1, bottleneck), ratio(bottleneck, 1)]
    : [entry.width / bottleneck, entry.width];
  return postactivation(
    chain(
      convNormRelu(middle, { stride: strideOn === "1x1" ? stride : 1 }),
      convNormRelu("same", {
        kernel: 3,
        stride: strideOn === "3x3" ? stride : 1,
        padding: 1,
        groups,
      }),
      conv(output),
    ),
    attention,
    entry,
  );
}

/** A body with its last batch norm and its attention, added to its input or a projection of it, then a rectifier. */
function postactivation(body: Net, attention: Net | undefined, entry: Entry | undefined): Net {
  const attended = attention === undefined ? identity : numbered("attention", attention);
  const shortcut = entry === undefined
    ? identity
    : named("projection", chain(conv(entry.width, { stride: entry.stride }), batchNorm()));
  return numbered("unit", chain(residual(chain(body, batchNorm(), attended), shortcut), relu()));
}

/** ResNet-18: units of two 3x3 convolutions. */
export function resnet18(options: ResnetFamilyOptions = {}): Net {
  return resnet(settling(options, { units: [2, 2, 2, 2], unit: "basic" }));
}

/**
 * ResNet-18 for CIFAR: a 3x3 stem, and no pool before the units.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { orThrow, params, plan } from "@netfold/netfold";
 * import { cifarResnet18 } from "@netfold/netfold/nets";
 *
 * assertEquals(params(orThrow(plan(cifarResnet18(), [32, 32, 3]))).trainable, 11_173_962);
 * ```
 */
export function cifarResnet18(options: CifarResnetFamilyOptions = {}): Net {
  const { classes } = optionsOf(options, { classes: 10 });
  return resnet({ classes, units: [2, 2, 2, 2], unit: "basic", stem: "3x3" });
}

/** ResNet-34: units of two 3x3 convolutions. */
export function resnet34(options: ResnetFamilyOptions = {}): Net {
  return resnet(settling(options, { units: [3, 4, 6, 3], unit: "basic" }));
}

/** ResNet-50: bottlenecks. */
export function resnet50(options: ResnetFamilyOptions = {}): Net {
  return resnet(settling(options, { units: [3, 4, 6, 3] }));
}

/** ResNet-101: bottlenecks. */
export function resnet101(options: ResnetFamilyOptions = {}): Net {
  return resnet(settling(options, { units: [3, 4, 23, 3] }));
}

/** ResNet-152: bottlenecks. */
export function resnet152(options: ResnetFamilyOptions = {}): Net {
  return resnet(settling(options, { units: [3, 8, 36, 3] }));
}

/** ResNet-200: bottlenecks, post-activation like the others. */
export function resnet200(options: ResnetFamilyOptions = {}): Net {
  return resnet(settling(options, { units: [3, 24, 36, 3] }));
}

/** ResNeXt-50 32x4d: bottlenecks half as wide as their output, in 32 groups. */
export function resnext50(options: ResnetFamilyOptions = {}): Net {
  return resnet(settling(options, { units: [3, 4, 6, 3], bottleneck: 2, groups: 32 }));
}

/** ResNeXt-101 32x4d: bottlenecks half as wide as their output, in 32 groups. */
export function resnext101(options: ResnetFamilyOptions = {}): Net {
  return resnet(settling(options, { units: [3, 4, 23, 3], bottleneck: 2, groups: 32 }));
}

/** SE-ResNet-50: the bottlenecks of ResNet-50 with squeeze-and-excitation. */
export function seResnet50(options: ResnetFamilyOptions = {}): Net {
  return resnet(settling(options, { units: [3, 4, 6, 3], attention: squeezeExcite() }));
}
