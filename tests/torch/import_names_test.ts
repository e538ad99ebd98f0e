/** Weights of other people's networks: each tensor finds its place by its name or by the order of layers. */
import { assertEquals } from "@std/assert";
import { orThrow, squeezeExcite } from "../../mod.ts";
import { resnet } from "../../nets/mod.ts";
import { weightsFrom } from "../../tasks/import/weights.ts";
import { at, CLASSES, DENSENET, planOf, RESNET, stateDictOf, VGG } from "./_state_dicts.ts";

Deno.test("a ResNet with torchvision's names finds every place, kernels turned", () => {
  const theirs = stateDictOf(RESNET);
  const ours = orThrow(weightsFrom(theirs, planOf(RESNET), "resnet.pth"));
  assertEquals(ours.size, theirs.size);
  assertEquals(ours.get("stem.bn1.variance"), theirs.get("bn1.running_var"));
  assertEquals(ours.get("stage1.unit1.bn2.gamma"), theirs.get("layer1.0.bn2.weight"));
  for (const [input, output] of [[0, 0], [2, 7], [1, 63]] as const) {
    assertEquals(
      at(ours.get("stem.conv1.kernel"), 4, 6, input, output),
      at(theirs.get("conv1.weight"), output, input, 4, 6),
    );
  }
  assertEquals(
    at(ours.get("stage2.unit1.projection.conv1.kernel"), 0, 0, 5, 100),
    at(theirs.get("layer2.0.downsample.0.weight"), 100, 5, 0, 0),
  );
  assertEquals(at(ours.get("classifier.kernel"), 77, 3), at(theirs.get("fc.weight"), 3, 77));
});

Deno.test("a ResNet with squeeze-and-excitation has timm's names", () => {
  const units = [0, 1].flatMap((i) => {
    const ours = `stage${i + 1}.unit1.attention1.mask`;
    return [1, 2].map((n) => [`layer${i + 1}.0.se.fc${n}`, `${ours}.conv${n}`] as const);
  });
  const subject = {
    net: resnet({ units: [1, 1], unit: "basic", classes: CLASSES, attention: squeezeExcite() }),
    input: [32, 32, 3],
    layers: { ...RESNET.layers, ...Object.fromEntries(units) },
  };
  const theirs = stateDictOf(subject);
  const ours = orThrow(weightsFrom(theirs, planOf(subject), "seresnet.pth"));
  assertEquals(ours.size, theirs.size);
  assertEquals(
    at(ours.get("stage2.unit1.attention1.mask.conv2.kernel"), 0, 0, 5, 100),
    at(theirs.get("layer2.0.se.fc2.weight"), 100, 5, 0, 0),
  );
});

Deno.test("a DenseNet with torchvision's names, of today and before, finds every place", () => {
  const theirs = stateDictOf(DENSENET);
  const ours = orThrow(weightsFrom(theirs, planOf(DENSENET), "densenet.pth"));
  assertEquals(ours.size, theirs.size);
  for (const [name, place] of Object.entries(DENSENET.layers)) {
    const [part, path] = /bn\d$/.test(place) ? ["bias", "beta"] : ["weight", "kernel"];
    assertEquals(
      ours.get(`${place}.${path}`)?.data[0],
      theirs.get(`${name}.${part}`)?.data[0],
      name,
    );
  }
});

Deno.test("a VGG goes by the order of its layers, and its first dense layer sees channels last", () => {
  const theirs = stateDictOf(VGG);
  const ours = orThrow(weightsFrom(theirs, planOf(VGG), "vgg.pth"));
  assertEquals(ours.get("block2.conv2.bias"), theirs.get("features.10.bias"));
  const [height, width, channels] = [7, 7, 6];
  for (const [y, x, channel] of [[0, 0, 0], [1, 6, 5], [4, 0, 3]] as const) {
    assertEquals(
      at(ours.get("hidden.dense1.kernel"), (y * width + x) * channels + channel, 4),
      at(theirs.get("classifier.0.weight"), 4, (channel * height + y) * width + x),
    );
  }
  assertEquals(
    at(ours.get("hidden.dense2.kernel"), 1, 3),
    at(theirs.get("classifier.3.weight"), 3, 1),
  );
});
