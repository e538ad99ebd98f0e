/** Every network of the zoo as PyTorch source: same parameters, same logits, same gradients. */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import type { Tensors } from "../../dsl/graph/tensors.ts";
import { torchModule } from "../../layers/bound/torch.ts";
import {
  initialParameters,
  type Net,
  orThrow,
  parametersOf,
  type Plan,
  plan,
  type Shape,
} from "../../mod.ts";
import { normals, seedKey, split } from "../../dsl/programs/random.ts";
import { encodeSafetensors } from "../../tasks/files/safetensors.ts";
import { channelPool, globalMaxPool, positionPool } from "../../layers/mod.ts";
import { composed, excited, normed, resized, tied } from "../_samples.ts";
import { sampled, ZOO_SAMPLE } from "../_zoo_sample.ts";
import { ask, torchTest } from "./_torch.ts";

/** Inputs that are small and still leave every pool something to halve. */
const SIZES: Readonly<Record<string, number>> = {
  "imagenet/inception-resnet-v1": 107,
  "imagenet/inception-resnet-v2": 107,
};
const SMALL = { cifar: 16, imagenet: 40 };

function sizeOf(name: string): number {
  return SIZES[name] ?? (name.startsWith("cifar/") ? SMALL.cifar : SMALL.imagenet);
}

/** Parameters as training would leave them: no statistic and no gamma is what it began with. */
function livedIn(planned: Plan): Tensors {
  const key = seedKey(7);
  const initial = initialParameters(planned, 7);
  return new Map(
    parametersOf(planned).map((parameter) => {
      const { path, role, shape } = parameter;
      const { data } = initial.get(path) ?? { data: new Float32Array() };
      if (role === "kernel") return [path, { shape, data }];
      const drawn = normals(split(key, path), data.length);
      const lowest = role === "running-variance" ? 0.5 : -Infinity;
      return [path, {
        shape,
        data: data.map((x, i) => Math.max(lowest, x + 0.1 * (drawn[i] ?? 0))),
      }];
    }),
  );
}

interface Compared {
  readonly loaded: boolean;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly evaluation: Differences;
  readonly training: Differences;
}

interface Differences {
  readonly peer: number;
  readonly exact: Readonly<Record<string, number>>;
  readonly found: Readonly<Record<string, number>>;
  readonly own: Readonly<Record<string, number>>;
}

/**
 * In float64 equal; in float32 every tensor's relative error within four times that of PyTorch's
 * own float32, of the same tensor or, where that one has been lucky, of the median tensor: rounding
 * that moves no value across a rectifier's kink may leave a single tensor nearly exact by chance.
 */
function assertEqual(mode: string, { peer, exact, found, own }: Differences): void {
  assert(peer < 1e-4, `logits in ${mode} differ by ${peer}`);
  const usual = Object.values(own).toSorted((a, b) => a - b)[Object.keys(own).length >> 1] ?? NaN;
  for (const [path, off] of Object.entries(found)) {
    const precise = exact[path] ?? NaN;
    assert(precise < 1e-9, `${path} in ${mode} is off by ${precise} in float64`);
    const itself = Math.max(own[path] ?? NaN, usual);
    assert(off <= 4 * itself, `${path} in ${mode} is off by ${off}, float32 itself by ${itself}`);
  }
}

/** Networks of layers that the zoo does not use. */
const LAYERS: Readonly<Record<string, Net>> = { composed, excited, normed, resized, tied };

function subject(name: string): { readonly net: Net; readonly input: Shape } {
  const own = LAYERS[name];
  if (own !== undefined) return { net: own, input: [8, 8, 3] };
  const size = sizeOf(name);
  const input = [size, size, 3];
  return { net: sampled(name, input), input };
}

for (const name of [...ZOO_SAMPLE, ...Object.keys(LAYERS)]) {
  torchTest(`${name} in PyTorch has the network's parameters, logits and gradients`, async () => {
    const { net, input } = subject(name);
    const planned = orThrow(plan(net, input));
    const folder = await Deno.makeTempDir();
    const [model, weights, planFile] = ["model.py", "weights.safetensors", "plan.json"]
      .map((file) => join(folder, file)) as [string, string, string];
    try {
      await Deno.writeTextFile(model, orThrow(torchModule(net, input, { name })));
      await Deno.writeFile(weights, encodeSafetensors(livedIn(planned), {}));
      await Deno.writeTextFile(planFile, JSON.stringify(planned));
      const told = await ask("compare.py", model, weights, planFile, "4") as Compared;
      const wanted = parametersOf(planned).map(({ path, shape }) => [path, [...shape]]);
      assertEquals(told.shapes, Object.fromEntries(wanted));
      assert(told.loaded, "weights are not what the file holds");
      assertEqual("evaluation", told.evaluation);
      assertEqual("training", told.training);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

// Whoever compiles a network for bfloat16 would get gradients that are no numbers: what amax found
// was rounded, and what is computed anew for its gradient is not, so that nothing equals it.
Deno.test("no gradient of the source looks for numbers that are equal", () => {
  for (const net of [globalMaxPool(), channelPool("max"), positionPool("max")]) {
    assert(!orThrow(torchModule(net, [8, 8, 3])).includes("amax("));
  }
});
