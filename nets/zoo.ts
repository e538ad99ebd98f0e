/** The zoo: every network that has a name, with the input it is made for. */
import { expected, optionsOf, TEXT } from "../dsl/problem/expect.ts";
import type { Net } from "../dsl/net/net.ts";
import { fail, type Result, right } from "../dsl/problem/result.ts";
import type { Shape } from "../dsl/net/shape.ts";
import { closest } from "../dsl/problem/suggest.ts";
import { convnextTiny } from "./convnext.ts";
import { cifarDensenet100, cifarDensenetBc100, densenet121 } from "./densenet.ts";
import { efficientnetB0 } from "./efficientnet.ts";
import { attention8, attention8Wide } from "./fast_attention.ts";
import { inceptionResnetV1, inceptionResnetV2 } from "./inception_resnet.ts";
import { cifarMobilenetV2, mobilenetV2 } from "./mobilenet_v2.ts";
import { plain } from "./plain.ts";
import { resnet1001, resnet110, resnet164, resnet56 } from "./preactivation_resnet.ts";
import {
  attention128,
  attention164,
  attention20,
  attention236,
  attention452,
  attention56,
  attention92,
  attentionInception56,
  attentionNext56,
  attentionNext92,
  imagenetAttention56,
  imagenetAttention92,
} from "./residual_attention.ts";
import {
  cifarResnet18,
  resnet101,
  resnet152,
  resnet18,
  resnet200,
  resnet34,
  resnet50,
  resnext101,
  resnext50,
  seResnet50,
} from "./resnet.ts";
import { vgg11, vgg13, vgg16, vgg19, type VggFamilyOptions } from "./vgg.ts";
import { wrn16x8, wrn28x10 } from "./wide_resnet.ts";

/** What can be chosen of a network in the zoo. */
export interface ZooOptions {
  /** Classes; the network's own by default. */
  readonly classes?: number;
  /** Input height, width and channels; the network's own by default. */
  readonly input?: Shape;
}

/** A network of the zoo, made. */
export interface ZooNetwork {
  /** Its name, such as `cifar/attention-56`. */
  readonly name: string;
  /** The network. */
  readonly net: Net;
  /** The input it is made for. */
  readonly input: Shape;
}

interface Entry {
  readonly classes: number;
  readonly input: Shape;
  readonly build: (options: Required<ZooOptions>) => Net;
}

/** Makes a network that is the same for inputs of all sizes. */
type Build = (options: { readonly classes: number }) => Net;

/** An attention network, whose masks go as deep as the input lets them. */
const attention = (build: Entry["build"]): Entry => ({ classes: 10, input: [32, 32, 3], build });

const cifar = (build: Build): Entry => attention(({ classes }) => build({ classes }));

const imagenet = (build: Build, size = 224): Entry => ({
  classes: 1000,
  input: [size, size, 3],
  build: ({ classes }) => build({ classes }),
});

/** A VGG with batch norms. */
const normed = (build: (options: VggFamilyOptions) => Net): Build => ({ classes }) =>
  build({ classes, batchNorms: true });

const ZOO: Readonly<Record<string, Entry>> = /* @__PURE__ */ (() => ({
  "cifar/attention-8": cifar(attention8),
  "cifar/attention-8-wide": cifar(attention8Wide),
  "cifar/attention-20": attention(attention20),
  "cifar/attention-56": attention(attention56),
  "cifar/attention-92": attention(attention92),
  "cifar/attention-128": attention(attention128),
  "cifar/attention-164": attention(attention164),
  "cifar/attention-236": attention(attention236),
  "cifar/attention-452": attention(attention452),
  "cifar/plain": cifar(plain),
  "cifar/resnet-18": cifar(cifarResnet18),
  "cifar/resnet-56": cifar(resnet56),
  "cifar/resnet-110": cifar(resnet110),
  "cifar/resnet-164": cifar(resnet164),
  "cifar/resnet-1001": cifar(resnet1001),
  "cifar/wrn-16-8": cifar(wrn16x8),
  "cifar/wrn-28-10": cifar(wrn28x10),
  "cifar/mobilenet-v2": cifar(cifarMobilenetV2),
  "cifar/densenet-100-12": cifar(cifarDensenet100),
  "cifar/densenet-bc-100-12": cifar(cifarDensenetBc100),
  "imagenet/attention-56": imagenet(imagenetAttention56),
  "imagenet/attention-92": imagenet(imagenetAttention92),
  "imagenet/attentionnext-56": imagenet(attentionNext56),
  "imagenet/attentionnext-92": imagenet(attentionNext92),
  "imagenet/attentioninception-56": imagenet(attentionInception56),
  "imagenet/resnet-18": imagenet(resnet18),
  "imagenet/resnet-34": imagenet(resnet34),
  "imagenet/resnet-50": imagenet(resnet50),
  "imagenet/resnet-101": imagenet(resnet101),
  "imagenet/resnet-152": imagenet(resnet152),
  "imagenet/resnet-200": imagenet(resnet200),
  "imagenet/resnext-50-32x4d": imagenet(resnext50),
  "imagenet/resnext-101-32x4d": imagenet(resnext101),
  "imagenet/se-resnet-50": imagenet(seResnet50),
  "imagenet/inception-resnet-v1": imagenet(inceptionResnetV1, 299),
  "imagenet/inception-resnet-v2": imagenet(inceptionResnetV2, 299),
  "imagenet/vgg-11": imagenet(vgg11),
  "imagenet/vgg-13": imagenet(vgg13),
  "imagenet/vgg-16": imagenet(vgg16),
  "imagenet/vgg-19": imagenet(vgg19),
  "imagenet/vgg-11-bn": imagenet(normed(vgg11)),
  "imagenet/vgg-13-bn": imagenet(normed(vgg13)),
  "imagenet/vgg-16-bn": imagenet(normed(vgg16)),
  "imagenet/vgg-19-bn": imagenet(normed(vgg19)),
  "imagenet/mobilenet-v2": imagenet(mobilenetV2),
  "imagenet/densenet-121": imagenet(densenet121),
  "imagenet/convnext-tiny": imagenet(convnextTiny),
  "imagenet/efficientnet-b0": imagenet(efficientnetB0),
}))();

/** The names of all networks in the zoo. */
export const ZOO_NAMES: readonly string[] = /* @__PURE__ */ Object.keys(ZOO);

/**
 * The network of that name.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { depth, orThrow, plan } from "@netfold/netfold";
 * import { network } from "@netfold/netfold/nets";
 *
 * const { net, input } = orThrow(network("cifar/attention-92", { classes: 100 }));
 * assertEquals(depth(orThrow(plan(net, input))), 92);
 * ```
 */
export function network(name: string, options: ZooOptions = {}): Result<ZooNetwork> {
  expected(name, TEXT, "name");
  const entry = Object.hasOwn(ZOO, name) ? ZOO[name] : undefined;
  if (entry === undefined) {
    return fail({
      path: name,
      layer: "network",
      code: "unknown-network",
      rule: "there is no network of this name",
      got: JSON.stringify(name),
      wanted: `one of the ${ZOO_NAMES.length} of the zoo, such as ${ZOO_NAMES[0]}`,
      hint: closest(name, ZOO_NAMES, ""),
    });
  }
  const defaults = { classes: entry.classes, input: entry.input };
  const { classes, input } = optionsOf(options, defaults);
  return right({ name, net: entry.build({ classes, input }), input });
}
