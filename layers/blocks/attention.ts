/**
 * The attention of Wang et al., Residual attention network for image
 * classification (CVPR 2017): the soft mask branch, how it is applied to a
 * trunk, and the attention module with its numbers p, t and r. `arl` and `nal`
 * take any trunk and any mask, so that attention is one line on any network.
 */
import { COUNT, expectAll, optionsOf, WHOLE } from "../../dsl/problem/expect.ts";
import { batchNorm } from "../batch_norm.ts";
import { conv } from "../conv.ts";
import { l2Normalize } from "../l2_normalize.ts";
import { maxPool } from "../max_pool.ts";
import { relu } from "../relu.ts";
import { sigmoid } from "../sigmoid.ts";
import { standardize } from "../standardize.ts";
import {
  chain,
  fork,
  labelled,
  matchSize,
  named,
  numbered,
  repeat,
} from "../../dsl/net/combinators.ts";
import { NET, type Net } from "../../dsl/net/net.ts";
import { preactivation } from "./units.ts";
import { WORDS } from "./words.ts";

/** Mixed attention f1: a sigmoid on every element. */
export const mixed: Net = /* @__PURE__ */ sigmoid();

/**
 * Channel attention f2: L2 normalisation over the channels of each position,
 * epsilon 1e-6, no sigmoid.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { channel, hourglass, mask, orThrow, plan } from "@netfold/netfold";
 *
 * const branch = mask(hourglass({ depth: 1 }), { activation: channel });
 * assertEquals(orThrow(plan(branch, [8, 8, 64])).output, [8, 8, 64]);
 * ```
 */
export const channel: Net = /* @__PURE__ */ l2Normalize();

/** Spatial attention f3: each sample's channel map standardised, epsilon 1e-5, then a sigmoid. */
export const spatial: Net = /* @__PURE__ */ chain(
  /* @__PURE__ */ standardize(),
  /* @__PURE__ */ sigmoid(),
);

/**
 * How r is read. `figure`, as the paper's Fig 2 draws it: r units after each
 * pooling and r after each resizing, 2r at the bottom. `descent`: r units after
 * each pooling but one after each resizing, r + 1 at the bottom; it comes nearer
 * to the paper's count for Attention-452 (r = 3). At r = 1 they are the same.
 */
export type Reading = "figure" | "descent";

/** Options of {@link hourglass}. */
export interface HourglassOptions {
  /** How often the map is halved. */
  readonly depth: number;
  /** Units after each pooling and each resizing (twice as many at the bottom); 1 by default. */
  readonly r?: number;
  /** How r is read; as the figure has it by default. */
  readonly reading?: Reading;
  /** The residual unit; the paper's pre-activation bottleneck by default. */
  readonly unit?: Net;
}

const HOURGLASS = {
  depth: NaN,
  r: 1,
  reading: "figure",
  unit: /* @__PURE__ */ preactivation(),
} as const;

/**
 * The bottom-up top-down body of a soft mask branch, as the paper's Fig 2
 * draws it: `depth` times max pooling and r units (2r at the bottom), then back
 * up by resizing, adding the skip connection (one unit) and r units. The last
 * resizing has neither skip nor units. It ends at exactly the size it began
 * with, odd sizes included.
 *
 * @throws {ProblemError} When `depth` or `r` is not a whole number, or depth is below 1.
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { hourglass, orThrow, plan, preactivation } from "@netfold/netfold";
 *
 * const unit = preactivation({ bottleneck: 4 });
 * const body = plan(hourglass({ depth: 3, r: 1, unit }), [29, 31, 64]);
 * assertEquals(orThrow(body).output, [29, 31, 64]);
 * ```
 */
export function hourglass(options: HourglassOptions): Net {
  const { depth, r, reading, unit } = optionsOf(options, HOURGLASS, "hourglass");
  const words = { reading: [reading, WORDS.reading], unit: [unit, NET] } as const;
  expectAll({ depth: [depth, COUNT], r: [r, WHOLE], ...words }, "hourglass");
  const up = reading === "figure" ? r : 1;
  const level = (l: number): Net => {
    const bottom = l === depth;
    const down = chain(maxPool(3, { stride: 2, ceil: true }), repeat(bottom ? r + up : r, unit));
    const inner = bottom ? [] : [
      fork("add", named(`skip${l}`, unit), level(l + 1)),
      named(`up${l}`, repeat(up, unit)),
    ];
    return matchSize(chain(named(`down${l}`, down), ...inner));
  };
  return level(1);
}

/** Options of {@link mask}. */
export interface MaskOptions {
  /** What makes attention of the last convolution: `mixed` by default, `channel`, `spatial`, or any network. */
  readonly activation?: Net;
  /**
   * Whether the body's units leave their output raw (`preactivation`, the
   * default: BN and ReLU come first) or rectified (`postactivation`, ResNeXt).
   */
  readonly units?: "preactivation" | "postactivation";
}

/**
 * A soft mask branch: a body, usually an {@link hourglass}, then two 1x1
 * convolutions of the same width with BN and ReLU before each, then the
 * activation.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { hourglass, mask, orThrow, plan, spatial } from "@netfold/netfold";
 *
 * const branch = mask(hourglass({ depth: 2 }), { activation: spatial });
 * assertEquals(orThrow(plan(branch, [16, 16, 64])).output, [16, 16, 64]);
 * ```
 */
export function mask(body: Net, options: MaskOptions = {}): Net {
  const { activation, units } = optionsOf(options, MASK, "mask");
  const nets = { body: [body, NET], activation: [activation, NET] } as const;
  expectAll({ ...nets, units: [units, WORDS.units] }, "mask");
  const entry = units === "preactivation" ? chain(batchNorm(), relu()) : chain();
  return chain(body, entry, conv("same"), batchNorm(), relu(), conv("same"), activation);
}

const MASK = { activation: mixed, units: "preactivation" } as const;

/** Options of {@link localMask}. */
export interface LocalMaskOptions extends MaskOptions {
  /** The residual unit; the paper's pre-activation bottleneck by default. */
  readonly unit?: Net;
  /** How many units; the paper's 3 by default. */
  readonly count?: number;
}

/**
 * The mask without down- and up-sampling that the paper compares with (Table
 * 4): units at full resolution, then the usual ending. The paper's "same
 * FLOPs" cannot hold for three whole units; this one costs more.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { cost, hourglass, localMask, mask, orThrow, plan } from "@netfold/netfold";
 *
 * const macs = (net: Parameters<typeof plan>[0]) => cost(orThrow(plan(net, [32, 32, 64]))).macs;
 * assert(macs(localMask()) > macs(mask(hourglass({ depth: 3 }))));
 * ```
 */
export function localMask(options: LocalMaskOptions = {}): Net {
  const defaults = { ...MASK, unit: preactivation(), count: 3 };
  const { unit, count, ...ending } = optionsOf(options, defaults, "localMask");
  expectAll({ unit: [unit, NET], count: [count, WHOLE] }, "localMask");
  return mask(repeat(count, unit), ending);
}

/**
 * Attention residual learning: (1 + M) T, for any trunk T and mask M of the same
 * shape.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { arl, chain, hourglass, mask, orThrow, plan } from "@netfold/netfold";
 * import { batchNorm, conv, relu } from "@netfold/netfold/layers";
 *
 * const trunk = chain(conv("same", { kernel: 3 }), batchNorm(), relu());
 * const net = arl(trunk, mask(hourglass({ depth: 2 })));
 * assertEquals(orThrow(plan(net, [32, 32, 16])).output, [32, 32, 16]);
 * ```
 */
export function arl(trunk: Net, mask: Net): Net {
  return fork("attend", labelled("trunk", trunk), labelled("mask", mask));
}

/**
 * Naive attention learning: M T.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { arl, localMask, nal, orThrow, params, plan, preactivation, repeat } from "@netfold/netfold";
 *
 * const trunk = repeat(2, preactivation());
 * const counts = [arl, nal].map((apply) => params(orThrow(plan(apply(trunk, localMask()), [8, 8, 16]))));
 * assertEquals(counts[0], counts[1]);
 * ```
 */
export function nal(trunk: Net, mask: Net): Net {
  return fork("gate", labelled("trunk", trunk), labelled("mask", mask));
}

/** Options of {@link stage}. */
export interface StageOptions extends MaskOptions {
  /** The residual unit of trunk and mask; the paper's pre-activation bottleneck by default. */
  readonly unit?: Net;
  /** How often the mask halves its map; 3 by default, the paper's first stage. */
  readonly depth?: number;
  /** How r is read; as the paper's Fig 2 has it by default. */
  readonly reading?: Reading;
  /** Attention residual learning by default, or naive attention learning. */
  readonly learning?: "arl" | "nal";
  /** An encoder-decoder mask by default, or one of local convolutions. */
  readonly mask?: "hourglass" | "local";
}

const STAGE = {
  ...MASK,
  unit: /* @__PURE__ */ preactivation(),
  depth: 3,
  reading: "figure",
  learning: "arl",
  mask: "hourglass",
} as const;

/**
 * An attention module: p units, then a trunk of t units under a mask with r
 * units between adjacent poolings, then p units.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { depth, orThrow, plan, stage } from "@netfold/netfold";
 *
 * const module = orThrow(plan(stage(1, 2, 1), [32, 32, 64]));
 * assertEquals(module.output, [32, 32, 64]);
 * assertEquals(depth(module), 12); // 4 units of 3 convolutions on the trunk path
 * ```
 */
export function stage(p: number, t: number, r: number, options: StageOptions = {}): Net {
  const { unit, depth, learning, reading, mask: kind, ...ending } = optionsOf(
    options,
    STAGE,
    "stage",
  );
  const words = {
    learning: [learning, WORDS.learning],
    mask: [kind, WORDS.mask],
    unit: [unit, NET],
  } as const;
  expectAll({ p: [p, WHOLE], t: [t, WHOLE], r: [r, WHOLE], ...words }, "stage");
  const branch = kind === "local"
    ? localMask({ ...ending, unit })
    : mask(hourglass({ depth, r, reading, unit }), ending);
  const apply = learning === "arl" ? arl : nal;
  return numbered(
    "module",
    chain(repeat(p, unit), apply(repeat(t, unit), branch), repeat(p, unit)),
  );
}
