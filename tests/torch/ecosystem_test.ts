/** PyTorch's own tools take the emitted module as they take any: traced, scripted, exported, compiled, converted. */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { torchModule } from "../../layers/bound/torch.ts";
import {
  chain,
  fork,
  freeze,
  named,
  type Net,
  numbered,
  orThrow,
  repeat,
  type Shape,
} from "../../mod.ts";
import {
  averagePool,
  batchNorm,
  conv,
  dense,
  globalAveragePool,
  maxPool,
  relu,
} from "../../layers/mod.ts";
import { withFolder } from "../files/_folder.ts";
import { composed, excited, normed, resized, tied } from "../_samples.ts";
import { runPython, testFile, torchTest } from "./_torch.ts";

/** Borders that differ from side to side, units in a row, a part that is left as it is. */
const uneven = orThrow(freeze(
  chain(
    named("stem", chain(conv(8, { kernel: 3, stride: 2 }), batchNorm({ scale: false }), relu())),
    repeat(4, numbered("unit", chain(conv("same", { kernel: 3 }), batchNorm(), relu()))),
    maxPool(3, { stride: 2, padding: "same" }),
    averagePool(2, { stride: 2, padding: "same" }),
    globalAveragePool(),
    dense(10, { initializer: "glorot-uniform" }),
  ),
  "stem",
));

/** Every layer and merge, in one network, for tools take long to begin. */
const every = fork("add", composed, excited, normed, resized, tied);

torchTest("kernels start as they are said to", () =>
  withFolder(async (folder) => {
    const net = chain(
      conv(8, { kernel: 3, initializer: "zeros" }),
      conv(8, { kernel: 3, initializer: "ones" }),
      globalAveragePool(),
      dense(10, { initializer: "glorot-uniform" }),
      dense(10),
    );
    await Deno.writeTextFile(join(folder, "model.py"), orThrow(torchModule(net, [8, 8, 3])));
    const code = `from model import Network
print([[part.weight.min().item(), part.weight.max().item()] for part in Network().children()])`;
    const { stdout, stderr } = await runPython(["-c", code], { cwd: folder });
    const [zeros, ones, [least = NaN, most = NaN] = []] = JSON.parse(stdout || stderr);
    assertEquals([zeros, ones], [[0, 0], [1, 1]]);
    const bound = Math.sqrt(6 / 18);
    assert(least < 0 && -least <= bound && most > 0 && most <= bound, `${least} to ${most}`);
  }));

interface Told {
  readonly off: Readonly<Record<string, number>>;
}

interface ToldOfAll extends Told {
  readonly classes: readonly string[];
  readonly norms: number;
  readonly together: number;
  readonly averaged: number;
  readonly quantised: readonly string[];
}

function assertEqual({ off }: Told, ways: number): void {
  assertEquals(Object.keys(off).length, 2 * ways);
  for (const [way, by] of Object.entries(off)) {
    // What TorchScript fuses has constants of float32.
    assert(by < (way.startsWith("script") ? 1e-6 : 1e-9), `${way} is off by ${by}`);
  }
}

torchTest(
  "fx, TorchScript, torch.export, torch.compile, SyncBatchNorm, update_bn and int8 take the module",
  () =>
    withFolder(async (folder) => {
      const path = (name: string) => join(folder, `${name}.py`);
      const write = async (name: string, net: Net, input: Shape) =>
        await Deno.writeTextFile(path(name), orThrow(torchModule(net, input)));
      await write("every", every, [8, 8, 3]);
      await write("uneven", uneven, [12, 12, 3]);
      const paths = [path("every"), "--all", path("uneven")];
      const { code, stdout, stderr } = await runPython([testFile("torch/ecosystem.py"), ...paths]);
      assertEquals(code, 0, stderr);
      const [first = "", second = "", ...others] = stdout.trim().split("\n");
      assertEquals(others, []);
      assertEqual(JSON.parse(first), 3);
      const all: ToldOfAll = JSON.parse(second);
      assertEqual(all, 4);
      assert(all.norms > 0);
      assertEquals([all.together, all.averaged], [all.norms, all.norms]);
      assert(all.classes.includes("BatchNorm2d") && all.classes.includes("FrozenBatchNorm"));
      // A batch norm behind a convolution is part of it.
      assert(all.quantised.includes("ConvReLU2d") && !all.quantised.includes("BatchNorm2d"));
    }),
);
