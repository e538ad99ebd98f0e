/**
 * Residual networks for CIFAR, pre-activation: He, Zhang, Ren and Sun, Identity
 * mappings in deep residual networks, ECCV 2016 (arXiv 1603.05027), as released
 * for Torch: a 3x3 stem of 16 and three stages, of 16, 32, 64 channels with
 * units of two 3x3 convolutions (depth 6 n + 2), or of 64, 128, 256 with
 * bottlenecks (depth 9 n + 2). Where a unit changes the shape, a 1x1
 * convolution of its activated input is the shortcut; a bottleneck's stride
 * stands on its 3x3. The first activation is shared by both branches.
 * Counts for 10 classes:
 *
 * | network | unit | n | conv and dense | trainable | MACs |
 * |---|---|---|---|---|---|
 * | ResNet-56 | basic | 9 | 851,514 | 855,578 | 125,747,840 |
 * | ResNet-110 | basic | 18 | 1,722,426 | 1,730,522 | 253,149,824 |
 * | ResNet-164 | bottleneck | 18 | 1,679,034 | 1,703,258 | 247,646,720 |
 * | ResNet-1001 | bottleneck | 111 | 10,178,490 | 10,327,706 | 1,490,995,712 |
 */
import { COUNT, expectAll, oneOf, optionsOf, settling } from "../dsl/problem/expect.ts";
import { chain, named, numbered, repeat, residual } from "../dsl/net/combinators.ts";
import type { Net } from "../dsl/net/net.ts";
import { basic, preactivation } from "../layers/blocks/units.ts";
import { batchNorm } from "../layers/batch_norm.ts";
import { conv } from "../layers/conv.ts";
import { relu } from "../layers/relu.ts";
import { convNormRelu, head, WIDTHS } from "./_parts.ts";

/** What members of the family leave open. */
export interface PreactivationResnetFamilyOptions {
  /** Classes; 10. */
  readonly classes?: number;
}

/** What members of the family differ in. */
export interface PreactivationResnetOptions extends PreactivationResnetFamilyOptions {
  /** Units of each stage. */
  readonly units: number;
  /** Two 3x3 convolutions, or 1x1, 3x3, 1x1 with a middle of a quarter; bottleneck. */
  readonly unit?: "basic" | "bottleneck";
  /** Channels of each stage, which halve the map after the first; 64, 128, 256 or 16, 32, 64. */
  readonly widths?: readonly number[];
  /** Channels of the stem; 16. */
  readonly stem?: number;
}

/**
 * A pre-activation residual network for small images, which ends in logits.
 *
 * @throws {ProblemError} When `units` is not a whole number of at least 1.
 * @example ResNet-20
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { depth, orThrow, plan } from "@netfold/netfold";
 * import { preactivationResnet } from "@netfold/netfold/nets";
 *
 * const net = preactivationResnet({ units: 3, unit: "basic" });
 * assertEquals(depth(orThrow(plan(net, [32, 32, 3]))), 20);
 * ```
 */
export function preactivationResnet(options: PreactivationResnetOptions): Net {
  const given = optionsOf(options, {
    classes: 10,
    units: NaN,
    unit: "bottleneck",
    widths: undefined,
    stem: 16,
  });
  const { classes, units, unit: kind, stem: width } = given;
  const { widths = kind === "basic" ? [16, 32, 64] : [64, 128, 256] } = given;
  expectAll({ units: [units, COUNT], unit: [kind, UNIT], widths: [widths, WIDTHS] });
  const unit = kind === "basic" ? basic : preactivation;
  const stages = widths.map((stageWidth, i) => {
    const first = i === 0 && stageWidth === width && kind === "basic"
      ? firstBasic
      : unit({ width: stageWidth, stride: i === 0 ? 1 : 2 });
    return named(`stage${i + 1}`, chain(first, repeat(units - 1, unit())));
  });
  const stem = named("stem", conv(width, { kernel: 3, padding: 1 }));
  return chain(stem, ...stages, batchNorm(), relu(), head(classes));
}

const UNIT = /* @__PURE__ */ oneOf(["basic", "bottleneck"]);

/** The unit after a stem of the same width: the shortcut too starts after BN and ReLU. */
const firstBasic: Net = /* @__PURE__ */ (() =>
  numbered(
    "unit",
    chain(
      batchNorm(),
      relu(),
      residual(chain(
        convNormRelu("same", { kernel: 3, padding: 1 }),
        conv("same", { kernel: 3, padding: 1 }),
      )),
    ),
  ))();

/** ResNet-56 for CIFAR: units of two 3x3 convolutions. */
export function resnet56(options: PreactivationResnetFamilyOptions = {}): Net {
  return preactivationResnet(settling(options, { units: 9, unit: "basic" }));
}

/** ResNet-110 for CIFAR: units of two 3x3 convolutions. */
export function resnet110(options: PreactivationResnetFamilyOptions = {}): Net {
  return preactivationResnet(settling(options, { units: 18, unit: "basic" }));
}

/** ResNet-164 for CIFAR: bottlenecks. */
export function resnet164(options: PreactivationResnetFamilyOptions = {}): Net {
  return preactivationResnet(settling(options, { units: 18 }));
}

/** ResNet-1001 for CIFAR: bottlenecks. */
export function resnet1001(options: PreactivationResnetFamilyOptions = {}): Net {
  return preactivationResnet(settling(options, { units: 111 }));
}
