/**
 * The networks that the paper compares with, against their reference
 * implementations: torchvision 0.28 and timm 1.0 (ImageNet), xternalz's
 * WideResNet-pytorch (WRN), the paper's table in PyTorch (DenseNets for CIFAR),
 * torchvision's with other strides (ResNet-18 and MobileNetV2 for CIFAR), Keras (Inception-ResNet-v2 without gammas),
 * facenet-pytorch (Inception-ResNet-v1, its face recognition head replaced).
 * `weights` and MACs are their convolutions and dense layers.
 */
import { assert, assertEquals } from "@std/assert";
import {
  attend,
  cost,
  countOperations,
  depth,
  leaves,
  type Net,
  orThrow,
  params,
  plan,
  type Shape,
  squeezeExcite,
} from "../../mod.ts";
import {
  convnext,
  efficientnet,
  inceptionResnetV1,
  inceptionResnetV2,
  mobilenetV2,
  network,
  plain,
  preactivationResnet,
  resnet,
  resnet101,
  resnet152,
  resnet200,
  resnet50,
  seResnet50,
  vgg16,
  wrn16x8,
  wrn28x10,
} from "../../nets/mod.ts";

const planned = (net: Net, input: Shape) => orThrow(plan(net, input));

/** Weights, trainable parameters, all parameters, MACs. */
function counts(net: Net, input: Shape): readonly number[] {
  const whole = planned(net, input);
  const { weights, trainable, total } = params(whole);
  return [weights, trainable, total, cost(whole).macs];
}

const REFERENCES = {
  "imagenet/resnet-18": [11_679_912, 11_689_512, 11_699_112, 1_814_073_344],
  "imagenet/resnet-34": [21_780_648, 21_797_672, 21_814_696, 3_663_761_408],
  "imagenet/resnet-50": [25_503_912, 25_557_032, 25_610_152, 4_089_184_256],
  "imagenet/resnet-101": [44_443_816, 44_549_160, 44_654_504, 7_801_405_440],
  "imagenet/resnet-152": [60_041_384, 60_192_808, 60_344_232, 11_513_626_624],
  "imagenet/resnet-200": [64_497_832, 64_673_832, 64_849_832, 15_007_481_856],
  "imagenet/resnext-50-32x4d": [24_960_680, 25_028_904, 25_097_128, 4_230_479_872],
  "imagenet/resnext-101-32x4d": [44_039_848, 44_177_704, 44_315_560, 7_969_996_800],
  "imagenet/se-resnet-50": [28_034_904, 28_088_024, 28_141_144, 4_091_699_200],
  "imagenet/inception-resnet-v1": [22_729_288, 22_756_328, 22_783_368, 6_206_361_696],
  "imagenet/inception-resnet-v2": [55_782_920, 55_843_464, 55_904_008, 13_155_794_016],
  "imagenet/vgg-11": [132_863_336, 132_863_336, 132_863_336, 7_609_090_048],
  "imagenet/vgg-13": [133_047_848, 133_047_848, 133_047_848, 11_308_466_176],
  "imagenet/vgg-16": [138_357_544, 138_357_544, 138_357_544, 15_470_264_320],
  "imagenet/vgg-19": [143_667_240, 143_667_240, 143_667_240, 19_632_062_464],
  "imagenet/vgg-11-bn": [132_863_336, 132_868_840, 132_874_344, 7_609_090_048],
  "imagenet/vgg-13-bn": [133_047_848, 133_053_736, 133_059_624, 11_308_466_176],
  "imagenet/vgg-16-bn": [138_357_544, 138_365_992, 138_374_440, 15_470_264_320],
  "imagenet/vgg-19-bn": [143_667_240, 143_678_248, 143_689_256, 19_632_062_464],
  "imagenet/mobilenet-v2": [3_470_760, 3_504_872, 3_538_984, 300_774_272],
  "imagenet/densenet-121": [7_895_208, 7_978_856, 8_062_504, 2_834_161_664],
  "imagenet/convnext-tiny": [28_566_184, 28_589_128, 28_589_128, 4_455_531_264],
  "imagenet/efficientnet-b0": [5_246_532, 5_288_548, 5_330_564, 385_814_752],
  "cifar/wrn-16-8": [10_954_170, 10_961_370, 10_968_570, 1_548_145_664],
  "cifar/wrn-28-10": [36_461_242, 36_479_194, 36_497_146, 5_243_328_768],
  "cifar/resnet-18": [11_164_362, 11_173_962, 11_183_562, 555_422_720],
  "cifar/mobilenet-v2": [2_202_570, 2_236_682, 2_270_794, 87_976_448],
  "cifar/densenet-100-12": [6_862_426, 6_979_642, 7_096_858, 1_769_516_448],
  "cifar/densenet-bc-100-12": [745_174, 769_162, 793_150, 287_929_692],
} as const;

for (const [name, expected] of Object.entries(REFERENCES)) {
  Deno.test(`${name} has the counts of its reference implementation`, () => {
    const { net, input } = orThrow(network(name));
    assertEquals(counts(net, input), [...expected]);
  });
}

/** MACs of torchvision's and timm's models at 321x267, and what fvcore prints there and at their own size. */
const ELSEWHERE = {
  "imagenet/resnet-18": [3_313_736_832, 3_322_532_736, 1_819_065_856],
  "imagenet/resnet-34": [6_687_751_296, 6_701_028_992, 3_671_262_720],
  "imagenet/resnet-50": [7_460_457_600, 7_500_065_664, 4_111_512_576],
  "imagenet/resnet-101": [14_222_003_328, 14_280_255_360, 7_833_969_664],
  "imagenet/resnet-152": [20_945_669_248, 21_026_743_168, 11_558_835_200],
  "imagenet/resnext-50-32x4d": [7_699_771_008, 7_751_031_168, 4_259_381_248],
  "imagenet/vgg-11": [12_693_428_800, 12_693_469_760, 7_609_115_136],
  "imagenet/vgg-13": [18_990_795_328, 18_990_836_288, 11_308_491_264],
  "imagenet/vgg-16": [25_974_311_488, 25_974_352_448, 15_470_289_408],
  "imagenet/vgg-19": [32_957_827_648, 32_957_868_608, 19_632_087_552],
  "imagenet/vgg-11-bn": [12_693_428_800, 12_718_653_376, 7_623_967_232],
  "imagenet/vgg-13-bn": [18_990_795_328, 19_032_438_080, 11_332_977_152],
  "imagenet/vgg-16-bn": [25_974_311_488, 26_020_336_960, 15_497_384_448],
  "imagenet/vgg-19-bn": [32_957_827_648, 33_008_235_840, 19_661_791_744],
  "imagenet/mobilenet-v2": [552_799_408, 576_559_280, 314_193_216],
  "imagenet/densenet-121": [4_790_377_600, 4_843_373_504, 2_865_546_752],
  "imagenet/convnext-tiny": [7_351_703_040, 7_376_574_720, 4_470_437_376],
  "imagenet/efficientnet-b0": [716_410_944, 744_610_592, 401_659_392],
  "imagenet/se-resnet-50": [7_462_972_544, 7_502_580_608, 4_114_027_520],
  "imagenet/resnext-101-32x4d": [14_511_033_984, 14_587_152_768, 8_012_546_048],
  "imagenet/inception-resnet-v2": [12_224_150_528, 12_249_607_008, 13_182_930_592],
} as const;

for (const [name, expected] of Object.entries(ELSEWHERE)) {
  Deno.test(`${name} costs what its reference costs at an odd size, by fvcore's counts too`, () => {
    const { net, input } = orThrow(network(name));
    const odd = planned(net, [321, 267, 3]);
    const fvcore = [odd, planned(net, input)].map((whole) => countOperations(whole, "fvcore"));
    assertEquals([cost(odd).macs, ...fvcore], [...expected]);
  });
}

const OWN = {
  "cifar/resnet-56": [851_514, 855_578, 859_642, 125_747_840],
  "cifar/resnet-110": [1_722_426, 1_730_522, 1_738_618, 253_149_824],
  "cifar/resnet-164": [1_679_034, 1_703_258, 1_727_482, 247_646_720],
  "cifar/resnet-1001": [10_178_490, 10_327_706, 10_476_922, 1_490_995_712],
  "cifar/plain": [287_850, 288_746, 289_642, 38_634_752],
} as const;

for (const [name, expected] of Object.entries(OWN)) {
  Deno.test(`${name} has the counts that its file gives`, () => {
    const { net, input } = orThrow(network(name));
    assertEquals(counts(net, input), [...expected]);
  });
}

Deno.test("networks that are named after their depth have it", () => {
  const named = ["18", "34", "50", "101", "152", "200"].map((n) => `imagenet/resnet-${n}`);
  const small = [...["18", "56", "110", "164", "1001"].map((n) => `resnet-${n}`), "densenet-100-12"]
    .map((name) => `cifar/${name}`);
  const others = ["vgg-11", "vgg-13", "vgg-16", "vgg-19-bn", "densenet-121"];
  const next = ["resnext-50-32x4d", "resnext-101-32x4d"];
  for (const name of [...named, ...small, ...[...others, ...next].map((n) => `imagenet/${n}`)]) {
    const { net, input } = orThrow(network(name));
    assertEquals(depth(planned(net, input)), Number(/-(\d+)/.exec(name)?.[1]), name);
  }
});

Deno.test("ResNets for ImageNet cost what references do at other sizes", () => {
  assertEquals(counts(resnet50(), [299, 299, 3])[3], 7_627_668_224);
  assertEquals(counts(resnet50(), [320, 320, 3])[3], 8_343_142_400);
  assertEquals(counts(inceptionResnetV2(), [320, 320, 3])[3], 14_568_593_248);
  assertEquals(counts(inceptionResnetV1(), [224, 224, 3])[3], 3_101_536_096);
});

Deno.test("networks of torchvision cost what they cost there at odd sizes, VGG with the same parameters", () => {
  const references = {
    "imagenet/resnet-34": 476_451_136,
    "imagenet/resnext-50-32x4d": 545_569_088,
    "imagenet/vgg-11": 821_196_736,
    "imagenet/vgg-16-bn": 1_571_932_096,
    "imagenet/mobilenet-v2": 41_610_656,
    "imagenet/densenet-121": 295_346_496,
  };
  for (const [name, macs] of Object.entries(references)) {
    const input = [65, 77, 3];
    const [, trainable, , found] = counts(orThrow(network(name, { input })).net, input);
    assertEquals(found, macs, name);
    const { net, input: own } = orThrow(network(name));
    assertEquals(trainable, counts(net, own)[1], name);
  }
});

Deno.test("a narrower or wider MobileNetV2 has torchvision's widths", () => {
  const trainable = (factor: number) => counts(mobilenetV2({ factor }), [224, 224, 3])[1];
  assertEquals([0.1, 0.25, 0.5, 1.4].map(trainable), [1_367_080, 1_519_112, 1_968_680, 6_108_776]);
});

Deno.test("ResNets with the stride on the 1x1 cost what He et al. print", () => {
  const billions = [resnet50, resnet101, resnet152].map((build) =>
    (cost(planned(build({ strideOn: "1x1" }), [224, 224, 3])).macs / 1e9).toFixed(1)
  );
  assertEquals(billions, ["3.9", "7.6", "11.3"]);
  const moved = params(planned(resnet200({ strideOn: "1x1" }), [224, 224, 3]));
  assertEquals(moved, params(planned(resnet200(), [224, 224, 3])));
});

Deno.test("Inception-ResNets without gammas are those of their authors", () => {
  const trainable = (net: Net) => params(planned(net, [299, 299, 3])).trainable;
  assertEquals(trainable(inceptionResnetV2({ gamma: false })), 55_813_192);
  assertEquals(trainable(inceptionResnetV1({ gamma: false })), 22_742_808);
});

Deno.test("Inception-ResNets have the maps of their paper", () => {
  for (const build of [inceptionResnetV1, inceptionResnetV2]) {
    const maps = new Set(leaves(planned(build(), [299, 299, 3])).map(({ output }) => output[0]));
    for (const size of [149, 147, 73, 71, 35, 17, 8]) assert(maps.has(size), `${size}`);
  }
});

Deno.test("SE-ResNet-50 is ResNet-50 with attention by squeeze-and-excitation", () => {
  assertEquals(orThrow(attend(resnet50(), squeezeExcite({ ratio: 16 }))), seResnet50());
});

Deno.test("larger EfficientNets and ConvNeXts have torchvision's parameters", () => {
  const trainable = (net: Net) => params(planned(net, [64, 64, 3])).trainable;
  const scaled = [[1, 1.1], [1.1, 1.2], [1.4, 1.8]] as const;
  assertEquals(
    scaled.map(([width, depth]) => trainable(efficientnet({ width, depth }))),
    [7_794_184, 9_109_994, 19_341_616],
  );
  const wide = convnext({ blocks: [3, 3, 27, 3], widths: [128, 256, 512, 1024] });
  assertEquals(trainable(wide), 88_591_464);
});

Deno.test("networks take other numbers of classes", () => {
  assertEquals(counts(wrn16x8({ classes: 100 }), [32, 32, 3])[1], 11_007_540);
  assertEquals(counts(wrn28x10({ classes: 100 }), [32, 32, 3])[1], 36_536_884);
  assertEquals(planned(vgg16({ classes: 7 }), [64, 64, 3]).output, [7]);
  assertEquals(planned(plain({ classes: 3 }), [33, 17, 1]).output, [3]);
  assertEquals(planned(resnet({ units: [1, 1], classes: 5 }), [9, 9, 3]).output, [5]);
  assertEquals(planned(preactivationResnet({ units: 1, classes: 5 }), [9, 9, 3]).output, [5]);
});
