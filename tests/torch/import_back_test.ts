/** Weights that went to PyTorch and come back, and those of torchvision with equal logits. */
import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
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
import { chain, initialParameters, numbered, orThrow, repeat } from "../../mod.ts";
import { network, vgg } from "../../nets/mod.ts";
import { projectOf, writeTorchProject } from "../../tasks/export/torch.ts";
import { encodeSafetensors } from "../../tasks/files/safetensors.ts";
import { importRun } from "../../tasks/import/run.ts";
import { openTrained } from "../../tasks/training/trained.ts";
import { withFolder } from "../files/_folder.ts";
import { ask, python, runPython, torchTest, torchvisionTest } from "./_torch.ts";
import { CLASSES, planOf, problemsOf, type Subject, VGG } from "./_state_dicts.ts";

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
