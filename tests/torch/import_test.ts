/** Weights that PyTorch trained elsewhere: of other people's networks, and of an exported one. */
import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import type { HostTensor, Tensors } from "../../dsl/graph/tensors.ts";
import {
  batchNorm,
  conv,
  convTranspose,
  coordinateMask,
  dense,
  flatten,
  groupNorm,
  layerNorm,
  layerScale,
  prelu,
} from "../../layers/mod.ts";
import {
  chain,
  initialParameters,
  type Net,
  numbered,
  orThrow,
  type Plan,
  plan,
  renderProblems,
  repeat,
  type Result,
  squeezeExcite,
  toJSON,
} from "../../mod.ts";
import { densenet, network, resnet, vgg } from "../../nets/mod.ts";
import { projectOf, writeTorchProject } from "../../tasks/export/torch.ts";
import { encodeSafetensors } from "../../tasks/files/safetensors.ts";
import { type ImportRequest, importRun, TORCHVISION } from "../../tasks/import/run.ts";
import { weightsFrom } from "../../tasks/import/weights.ts";
import { predict } from "../../tasks/training/mod.ts";
import { openTrained } from "../../tasks/training/trained.ts";
import { png } from "../data/_pictures.ts";
import { namesIn, withFolder } from "../files/_folder.ts";
import { noise } from "../onnx/_runs.ts";
import { run, withTasks } from "../tasks/_task.ts";
import { ask, python, runPython, torchTest, torchvisionTest } from "./_torch.ts";

const CLASSES = 4;

/** torchvision's layers of a small ResNet, and ours; and what else there is of PyTorch's. */
const RESNET = {
  net: resnet({ units: [1, 1], unit: "basic", classes: CLASSES }),
  input: [32, 32, 3],
  layers: {
    "conv1": "stem.conv1",
    "bn1": "stem.bn1",
    "layer1.0.conv1": "stage1.unit1.conv1",
    "layer1.0.bn1": "stage1.unit1.bn1",
    "layer1.0.conv2": "stage1.unit1.conv2",
    "layer1.0.bn2": "stage1.unit1.bn2",
    "layer2.0.conv1": "stage2.unit1.conv1",
    "layer2.0.bn1": "stage2.unit1.bn1",
    "layer2.0.conv2": "stage2.unit1.conv2",
    "layer2.0.bn2": "stage2.unit1.bn2",
    "layer2.0.downsample.0": "stage2.unit1.projection.conv1",
    "layer2.0.downsample.1": "stage2.unit1.projection.bn1",
    "fc": "classifier",
  },
} as const;

/** The same of a small DenseNet. */
const DENSENET = {
  net: densenet({ layers: [1, 1], growth: 4, classes: CLASSES }),
  input: [32, 32, 3],
  layers: {
    "features.conv0": "stem.conv1",
    "features.norm0": "stem.bn1",
    "features.denseblock1.denselayer1.norm1": "denseblock1.denselayer1.bn1",
    "features.denseblock1.denselayer1.conv1": "denseblock1.denselayer1.conv1",
    "features.denseblock1.denselayer1.norm2": "denseblock1.denselayer1.bn2",
    "features.denseblock1.denselayer1.conv2": "denseblock1.denselayer1.conv2",
    "features.transition1.norm": "transition1.bn1",
    "features.transition1.conv": "transition1.conv1",
    // As older files name them.
    "features.denseblock2.denselayer1.norm.1": "denseblock2.denselayer1.bn1",
    "features.denseblock2.denselayer1.conv.1": "denseblock2.denselayer1.conv1",
    "features.denseblock2.denselayer1.norm.2": "denseblock2.denselayer1.bn2",
    "features.denseblock2.denselayer1.conv.2": "denseblock2.denselayer1.conv2",
    "features.norm5": "bn1",
    "classifier": "classifier",
  },
} as const;

/** Layers that are known by their order. */
const VGG = {
  net: vgg({ convolutions: [1, 2], widths: [4, 6], hidden: 5, classes: CLASSES }),
  input: [8, 12, 3],
  layers: {
    "classifier.0": "hidden.dense1",
    "classifier.3": "hidden.dense2",
    "classifier.6": "classifier",
    "features.0": "block1.conv1",
    "features.10": "block2.conv2",
    "features.8": "block2.conv1",
  },
} as const;

const PARTS = {
  conv: { kernel: "weight", bias: "bias" },
  bn: { gamma: "weight", beta: "bias", mean: "running_mean", variance: "running_var" },
} as const;

interface Subject {
  readonly net: Net;
  readonly input: readonly number[];
  readonly layers: Readonly<Record<string, string>>;
}

/** A state dict as PyTorch has it. */
function stateDictOf({ net, input, layers }: Subject): Map<string, HostTensor> {
  const parameters = initialParameters(orThrow(plan(net, input)), 0);
  const tensors = new Map<string, HostTensor>();
  for (const [theirs, ours] of Object.entries(layers)) {
    const parts = Object.entries(/bn\d$/.test(ours) ? PARTS.bn : PARTS.conv);
    for (const [part, name] of parts) {
      const { shape, data } = parameters.get(`${ours}.${part}`) ?? {};
      if (shape === undefined || data === undefined) continue;
      const [outputs = 1, ...others] = shape.toReversed();
      // HWIO to OIHW, IO to OI.
      const turned = [outputs, ...others.slice(0, 1), ...others.slice(1).toReversed()];
      tensors.set(`${theirs}.${name}`, {
        shape: turned,
        // A variance is not below zero.
        data: noise(data.length, tensors.size + 1).map((x) => part === "variance" ? x * x : x),
      });
    }
  }
  return tensors;
}

/** One number of a tensor. */
function at(tensor: HostTensor | undefined, ...place: readonly number[]): number {
  if (tensor === undefined) throw new TypeError("there is no such tensor");
  return tensor.data[place.reduce((sum, index, i) => sum * (tensor.shape[i] ?? 1) + index, 0)] ??
    NaN;
}

const planOf = ({ net, input }: Subject): Plan => orThrow(plan(net, input));

const problemsOf = <A>(result: Result<A>): string =>
  result._tag === "Left" ? renderProblems(result.left) : "";

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

Deno.test("names of modules that wrap a network, and counters, do not matter", async () => {
  await withFolder(async (folder) => {
    const theirs = stateDictOf(VGG);
    const wrapped = new Map(
      [...theirs].map(([name, tensor]) => [`_orig_mod.module.${name}`, tensor]),
    );
    wrapped.set("_orig_mod.module.bn.num_batches_tracked", { shape: [], data: Float32Array.of(9) });
    const { folder: made } = orThrow(await importRun(await request(folder, VGG, wrapped)));
    const { checkpoint } = await openTrained(made, {}, {});
    assertEquals(checkpoint.tensors, orThrow(weightsFrom(theirs, planOf(VGG), "")));
  });
});

/** A request for a state dict that is written into a folder. */
async function request(
  folder: string,
  { net, input }: Subject,
  stateDict: Tensors,
  changes: Partial<ImportRequest> = {},
): Promise<ImportRequest> {
  const file = join(folder, "weights.safetensors");
  await Deno.writeFile(file, encodeSafetensors(stateDict, {}));
  return { name: "small", net, input, file, out: join(folder, "run"), ...changes };
}

Deno.test("what is imported is a run, with classes, normalisation and both checkpoints", async () => {
  await withFolder(async (folder) => {
    const names = join(folder, "names.txt");
    await Deno.writeTextFile(names, "ant\nbee\n\ncrab\ndove\n");
    const made = await importRun(await request(folder, RESNET, stateDictOf(RESNET), { names }));
    const { folder: out } = orThrow(made);
    const picture = join(folder, "picture.png");
    await Deno.writeFile(picture, png(40, 30));
    const [seen] = orThrow(await predict(out, [picture], { backend: "cpu" }));
    assertEquals(
      seen?.guesses.map(({ name }) => name).toSorted(),
      ["ant", "bee", "crab", "dove"],
    );
    for (const weights of ["best", "last"] as const) {
      const { checkpoint: { normalization, tensors } } = await openTrained(out, { weights }, {});
      assertEquals(normalization.mean, Float32Array.from(TORCHVISION.mean));
      assertEquals(
        at(tensors.get("stem.bn1.gamma"), 0),
        at(stateDictOf(RESNET).get("bn1.weight"), 0),
      );
    }
  });
});

Deno.test("what does not fit is named, and no run is made", async () => {
  const without = stateDictOf(RESNET);
  without.delete("layer2.0.bn1.running_mean");
  without.delete("layer2.0.bn2.running_mean");
  const missing = problemsOf(weightsFrom(without, planOf(RESNET), "a.pth"));
  assertStringIncludes(missing, "wanted  stage2.unit1.bn1.mean, and 1 more");

  const more = stateDictOf(RESNET).set("aux.weight", { shape: [1], data: Float32Array.of(1) });
  assertStringIncludes(
    problemsOf(weightsFrom(more, planOf(RESNET), "a.pth")),
    "got     aux.weight",
  );

  const wide = stateDictOf(RESNET).set("fc.bias", { shape: [7], data: new Float32Array(7) });
  const other = problemsOf(weightsFrom(wide, planOf(RESNET), "a.pth"));
  assertStringIncludes(other, "got     fc.bias of [7]");
  assertStringIncludes(other, "wanted  [4] for classifier.bias");

  await withFolder(async (folder) => {
    const wrong: readonly (readonly [Partial<ImportRequest>, string])[] = [
      [{ file: join(folder, "none.pth") }, "the file must exist"],
      [{ mean: [0.5] }, "every channel needs a mean and a deviation"],
      [{ names: join(folder, "none.txt") }, "the file must exist"],
      [{ input: [32, 32, 1] }, "every channel needs a mean and a deviation"],
    ];
    for (const [changes, text] of wrong) {
      const made = await importRun(await request(folder, RESNET, stateDictOf(RESNET), changes));
      assertStringIncludes(problemsOf(made), text);
    }
    assertEquals(await namesIn(folder), ["weights.safetensors"]);
  });
});

Deno.test("the task makes a run under runs, or says what is wrong and makes none", async () => {
  await withTasks(async (folder) => {
    await request(folder, RESNET, stateDictOf(RESNET));
    await Deno.writeTextFile(join(folder, "net.json"), toJSON(RESNET.net));
    const subject = ["net.json", "weights.safetensors", "--input=32x32x3"];
    const good = await run(folder, "import", ...subject, "--data=shapes");
    assertEquals([good.code, good.stderr], [0, ""]);
    assertStringIncludes(good.stdout, "deno task evaluate runs/net-1");
    assertEquals(await namesIn(join(folder, "runs/net-1")), [
      "best.safetensors",
      "config.json",
      "last.safetensors",
    ]);
    const wrong: readonly (readonly [code: number, said: string, args: readonly string[]])[] = [
      [2, "wanted one of cifar10", [...subject, "--data=cifar11"]],
      [2, "wanted a number above 0 for each channel", [...subject, "--std=0,1,1"]],
      [1, "every parameter needs a tensor", ["cifar/attention-20", "weights.safetensors"]],
    ];
    for (const [code, said, args] of wrong) {
      const ended = await run(folder, "import", ...args);
      assertEquals([ended.code, ended.stdout], [code, ""]);
      assertStringIncludes(ended.stderr, said);
    }
    assertEquals(await namesIn(join(folder, "runs")), ["net-1"]);
  });
});

const SAVE = `
import sys, torch
sys.path.insert(0, sys.argv[1])
from model import Network, load_netfold, save_netfold
network = Network()
load_netfold(network, sys.argv[2])
torch.save({"epoch": 3, "state_dict": network.state_dict()}, sys.argv[3])
`;

/** Layers of every kind of parameter, units in a row, a map that is flattened. */
const OWN: Subject = {
  net: chain(
    conv(8, { kernel: 3 }),
    repeat(4, numbered("unit", chain(conv("same", { kernel: 3 }), batchNorm(), prelu()))),
    coordinateMask(),
    groupNorm(2),
    layerScale(),
    convTranspose(4),
    flatten(),
    layerNorm(),
    dense(CLASSES),
  ),
  input: [4, 6, 3],
  layers: {},
};

torchTest(
  "the state dict of an exported network comes back as the weights that went out",
  async () => {
    await withFolder(async (folder) => {
      const planned = planOf(VGG);
      const weights = initialParameters(planned, 5);
      const [file, saved] = [join(folder, "out.safetensors"), join(folder, "checkpoint.pth")];
      await Deno.writeFile(file, encodeSafetensors(weights, {}));
      const project = join(folder, "project");
      orThrow(await writeTorchProject(project, projectOf("vgg", VGG.net, VGG.input)));
      const { code, stderr } = await runPython(["-c", SAVE, project, file, saved]);
      assertEquals(code, 0, stderr);
      for (const from of [saved, file]) {
        const out = `${from}-run`;
        const { net, input } = VGG;
        orThrow(await importRun({ name: "vgg", net, input, file: from, out, python }));
        assertEquals((await openTrained(out, {}, {})).checkpoint.tensors, weights);
      }
      const own = initialParameters(planOf(OWN), 6);
      await Deno.writeFile(file, encodeSafetensors(own, {}));
      const other = join(folder, "other");
      orThrow(await writeTorchProject(other, projectOf("own", OWN.net, OWN.input)));
      assertEquals((await runPython(["-c", SAVE, other, file, saved])).stderr, "");
      const back = { name: "own", net: OWN.net, input: OWN.input, file: saved, python };
      const whole = orThrow(await importRun({ ...back, out: `${other}-run` }));
      assertEquals((await openTrained(whole.folder, {}, {})).checkpoint.tensors, own);
      assertEquals(whole.leftOut, []);
      await Deno.writeTextFile(saved, "no file of PyTorch's");
      const { net, input } = VGG;
      const out = join(folder, "none");
      const made = await importRun({ name: "vgg", net, input, file: saved, out, python });
      assertStringIncludes(problemsOf(made), "the file must be one that torch.save wrote");
    });
  },
);

function ours(name: string): Omit<Subject, "layers"> {
  return orThrow(network(`imagenet/${name}`, { classes: 10, input: [64, 64, 3] }));
}

/** Networks of ours by the names that torchvision's have. */
const NETWORKS: Readonly<Record<string, Omit<Subject, "layers">>> = {
  resnet18: ours("resnet-18"),
  convnext_tiny: ours("convnext-tiny"),
  efficientnet_b0: ours("efficientnet-b0"),
  resnext50_32x4d: ours("resnext-50-32x4d"),
  // VGG-11, but for its hidden layers, which are narrow.
  vgg11_bn: {
    net: vgg({ convolutions: [1, 1, 2, 2, 2], batchNorms: true, hidden: 64, classes: 10 }),
    input: [96, 96, 3],
  },
  mobilenet_v2: ours("mobilenet-v2"),
  densenet121: ours("densenet-121"),
};

torchvisionTest(
  "networks of torchvision become ours with equal logits",
  () =>
    withFolder(async (folder) => {
      const subjects = Object.entries(NETWORKS);
      const words = [folder, ...subjects.flatMap(([name, { input }]) => [name, `${input[0]}`])];
      await ask("imports.py", "save", ...words);
      for (const [name, { net, input }] of subjects) {
        const at = (part: string) => join(folder, name, part);
        orThrow(await writeTorchProject(at("project"), projectOf(name, net, input)));
        const request = { name, net, input, file: at("state.pth"), out: at("run"), python };
        orThrow(await importRun(request));
      }
      const found = await ask("imports.py", "compare", ...words) as Readonly<
        Record<string, number>
      >;
      assertEquals(Object.keys(found), Object.keys(NETWORKS));
      for (const [name, off] of Object.entries(found)) assertAlmostEquals(off, 0, 1e-5, name);
    }),
);
