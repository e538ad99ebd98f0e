/** Squeeze-and-excitation and its kin as PyTorch source, against modules written from the papers. */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { torchModule } from "../../layers/bound/torch.ts";
import { bam, cbam, coordinateAttention, eca, orThrow, squeezeExcite } from "../../mod.ts";
import { ask, torchTest } from "./_torch.ts";

const [HEIGHT, WIDTH, CHANNELS] = [9, 7, 32];

const OURS = {
  squeezeExcite: squeezeExcite({ ratio: 4 }),
  cbam: cbam({ ratio: 4 }),
  bam: bam({ ratio: 4 }),
  eca: eca(),
  coordinateAttention: coordinateAttention(),
};

torchTest(
  "attentions in PyTorch are the papers': outputs, gradients, running statistics",
  async () => {
    const folder = await Deno.makeTempDir();
    try {
      for (const [name, net] of Object.entries(OURS)) {
        const source = orThrow(torchModule(net, [HEIGHT, WIDTH, CHANNELS]));
        await Deno.writeTextFile(join(folder, `${name}.py`), source);
      }
      const size = [CHANNELS, HEIGHT, WIDTH].map(String);
      const told = await ask("attentions.py", folder, ...size) as Record<string, object>;
      assertEquals(Object.keys(told), Object.keys(OURS));
      for (const [name, differences] of Object.entries(told)) {
        assertEquals(Object.keys(differences), ["evaluation", "training", "statistics"]);
        for (const [what, off] of Object.entries(differences)) {
          assert(off < 1e-9, `${name} ${what}: ${off}`);
        }
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
