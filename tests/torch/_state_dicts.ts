/** State dicts as PyTorch has them, of small networks with the names of other people's. */
import { join } from "@std/path";
import type { HostTensor, Tensors } from "../../dsl/graph/tensors.ts";
import {
  initialParameters,
  type Net,
  orThrow,
  type Plan,
  plan,
  renderProblems,
  type Result,
} from "../../mod.ts";
import { densenet, resnet, vgg } from "../../nets/mod.ts";
import { encodeSafetensors } from "../../tasks/files/safetensors.ts";
import type { ImportRequest } from "../../tasks/import/run.ts";
import { noise } from "../onnx/_runs.ts";

export const CLASSES = 4;

/** torchvision's layers of a small ResNet, and ours; and what else there is of PyTorch's. */
export const RESNET = {
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
export const DENSENET = {
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
export const VGG = {
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

export interface Subject {
  readonly net: Net;
  readonly input: readonly number[];
  readonly layers: Readonly<Record<string, string>>;
}

/** A state dict as PyTorch has it. */
export function stateDictOf({ net, input, layers }: Subject): Map<string, HostTensor> {
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
export function at(tensor: HostTensor | undefined, ...place: readonly number[]): number {
  if (tensor === undefined) throw new TypeError("there is no such tensor");
  return tensor.data[place.reduce((sum, index, i) => sum * (tensor.shape[i] ?? 1) + index, 0)] ??
    NaN;
}

export const planOf = ({ net, input }: Subject): Plan => orThrow(plan(net, input));

export const problemsOf = <A>(result: Result<A>): string =>
  result._tag === "Left" ? renderProblems(result.left) : "";

/** A request for a state dict that is written into a folder. */
export async function request(
  folder: string,
  { net, input }: Subject,
  stateDict: Tensors,
  changes: Partial<ImportRequest> = {},
): Promise<ImportRequest> {
  const file = join(folder, "weights.safetensors");
  await Deno.writeFile(file, encodeSafetensors(stateDict, {}));
  return { name: "small", net, input, file, out: join(folder, "run"), ...changes };
}
