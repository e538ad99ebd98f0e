/** Files of torch.save as they are met: checkpoints of every shape, and what is refused unread. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { chain } from "../../mod.ts";
import { conv, dense, globalAveragePool, relu } from "../../layers/mod.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { importRun } from "../../tasks/import/run.ts";
import { openTrained } from "../../tasks/training/trained.ts";
import { predict } from "../../tasks/training/mod.ts";
import { assertProblem } from "../data/_results.ts";
import { namesIn, withFolder } from "../files/_folder.ts";
import { python, runPython, torchTest } from "./_torch.ts";

/** Two modules of equal shapes; what comes first is called `b`. */
const SAVE = `
import argparse, json, os, sys, torch
from torch import nn
folder = sys.argv[1]
torch.manual_seed(0)
def module():
    return nn.Sequential(nn.Conv2d(3, 3, 3, padding=1), nn.ReLU(), nn.Conv2d(3, 3, 3, padding=1), nn.ReLU())
class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.b, self.a, self.head = module(), module(), nn.Linear(3, 2)
    def forward(self, x):
        return self.head(self.a(self.b(x)).mean((2, 3)))
class Evil:
    def __reduce__(self):
        return (os.mkdir, (os.path.join(folder, "executed"),))
network = Network()
state = network.state_dict()
def save(name, value):
    torch.save(value, os.path.join(folder, name + ".pth"))
save("plain", state)
save("half", {k: v.half() for k, v in state.items()})
save("beside", {"state_dict": {**{"model." + k: v for k, v in state.items()}, "criterion.weight": torch.ones(2)}})
save("averaged", {"n_averaged": torch.tensor(3), **{"module." + k: v for k, v in state.items()}})
save("two", {"model": state, "ema": {k: v + 1 for k, v in state.items()}})
save("namespace", {"model": state, "args": argparse.Namespace(lr=1)})
save("evil", {"model": state, "extra": Evil()})
save("large", {"a": torch.empty(1).expand(10**12)})
save("repeated", {"a": torch.zeros(1).expand(1000), "b": torch.zeros(2)})
open(os.path.join(folder, "empty.pth"), "w").close()
open(os.path.join(folder, "text.pth"), "w").write("hello")
images = torch.arange(0, 192).reshape(1, 8, 8, 3) / 255
print(json.dumps(network(images.permute(0, 3, 1, 2)).softmax(1).flatten().tolist()))
`;

const convolution = chain(conv(3, { kernel: 3, padding: 1, bias: true }), relu());
const net = chain(...Array(4).fill(convolution), globalAveragePool(), dense(2));
const plain = { name: "net", net, input: [8, 8, 3], python, mean: [0, 0, 0], std: [1, 1, 1] };

torchTest(
  "files of torch.save: what is the network's comes in order, the rest is named",
  async () => {
    await withFolder(async (folder) => {
      const { code, stdout, stderr } = await runPython(["-c", SAVE, folder]);
      assertEquals(code, 0, stderr);
      const made = (name: string, key?: string) => {
        const [file, out] = [join(folder, `${name}.pth`), join(folder, `run-${name}`)];
        return importRun({ ...plain, file, out, key });
      };
      const wanted: readonly number[] = JSON.parse(stdout);
      const off = { plain: 1e-6, beside: 1e-6, averaged: 1e-6, half: 1e-3 };
      for (const [name, tolerance] of Object.entries(off)) {
        const { folder: run, leftOut } = orThrow(await made(name));
        const left: Readonly<Record<string, readonly string[]>> = {
          beside: ["state_dict.criterion.weight"],
          averaged: ["n_averaged"],
        };
        assertEquals(leftOut, left[name] ?? []);
        const pixels = Uint8Array.from({ length: 192 }, (_, i) => i);
        const [seen] = orThrow(
          await predict(run, { pixels, shape: [1, 8, 8, 3] }, { backend: "cpu" }),
        );
        for (const [i, share] of (seen?.probabilities ?? []).entries()) {
          assertAlmostEquals(share, wanted[i] ?? NaN, tolerance, name);
        }
      }
      assertProblem(await made("two"), "got     model, ema", "--key model or --key ema");
      const { checkpoint } = await openTrained(orThrow(await made("two", "ema")).folder, {}, {});
      const first = await openTrained(join(folder, "run-plain"), {}, {});
      const bias = (tensors: typeof checkpoint.tensors) =>
        tensors.get("conv1.bias")?.data[0] ?? NaN;
      assertAlmostEquals(bias(checkpoint.tensors) - bias(first.checkpoint.tensors), 1, 1e-6);
      const refused: Readonly<Record<string, readonly string[]>> = {
        namespace: ["got     the global argparse.Namespace", "torch.save(checkpoint[KEY], NEW)"],
        evil: ["got     the global posix.mkdir"],
        large: ["tensors of 4000000000000 bytes"],
        repeated: ["got     a of 1000 numbers, of which the file holds fewer"],
        empty: ["got     an empty file"],
        text: ["the file must be one that torch.save wrote", "got     no pickle of PyTorch's"],
      };
      for (const [name, words] of Object.entries(refused)) {
        const result = await made(name);
        assertProblem(result, ...words);
        assert(!JSON.stringify(result).includes("\\u001b"), name);
      }
      const names = await namesIn(folder);
      assert(!names.includes("executed") && !names.includes("run-evil"), names.join());
    });
  },
);
