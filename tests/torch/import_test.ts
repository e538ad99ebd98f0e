/** Weights of torchvision's networks in ours of the same name, where torchvision is at hand. */
import { assert } from "@std/assert";
import { orThrow } from "../../mod.ts";
import { network } from "../../nets/mod.ts";
import { projectOf, writeTorchProject } from "../../tasks/export/torch.ts";
import { ask, torchvisionTest } from "./_torch.ts";

const NETWORKS: readonly (readonly [ours: string, theirs: string, size: number])[] = [
  ["imagenet/resnet-18", "resnet18", 64],
  ["imagenet/resnet-50", "resnet50", 64],
  ["imagenet/vgg-16", "vgg16", 224],
];

for (const [ours, theirs, size] of NETWORKS) {
  torchvisionTest(`torchvision's ${theirs} becomes ${ours} with equal logits`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const { net, input } = orThrow(network(ours, { classes: 10, input: [size, size, 3] }));
      orThrow(await writeTorchProject(folder, projectOf(ours, net, input)));
      const difference = await ask("imports.py", folder, theirs, `${size}`);
      assert(typeof difference === "number" && difference < 1e-4, `off by ${difference}`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
