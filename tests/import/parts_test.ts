/** Which part of a checkpoint is the network's state dict. */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import type { HostTensor, Tensors } from "../../dsl/graph/tensors.ts";
import { chain, initialParameters, orThrow, plan } from "../../mod.ts";
import { dense } from "../../layers/mod.ts";
import { encodeSafetensors } from "../../tasks/files/safetensors.ts";
import { importRun } from "../../tasks/import/run.ts";
import { openTrained } from "../../tasks/training/trained.ts";
import { assertProblem } from "../data/_results.ts";
import { withFolder } from "../files/_folder.ts";

const net = chain(dense(3), dense(2));
const input = [4];
const [MEAN, STD] = [[0, 0, 0, 0], [1, 1, 1, 1]];
const weights = initialParameters(orThrow(plan(net, input)), 7);
const other = initialParameters(orThrow(plan(net, input)), 8);
const extra: readonly (readonly [string, HostTensor])[] = [
  ["criterion.weight", { shape: [3], data: new Float32Array(3) }],
];

const below = (prefix: string, tensors: Tensors = weights) =>
  [...tensors].map(([name, tensor]) => [`${prefix}.${name}`, tensor] as const);

async function imported(
  folder: string,
  tensors: readonly (readonly [string, HostTensor])[],
  key?: string,
) {
  const file = join(folder, "a.safetensors");
  await Deno.writeFile(file, encodeSafetensors(new Map(tensors), {}));
  const out = join(folder, crypto.randomUUID());
  const made = await importRun({ name: "two", net, input, file, out, key, mean: MEAN, std: STD });
  return { made, out };
}

Deno.test("a state dict is found under whatever name it stands", async () => {
  await withFolder(async (folder) => {
    const names = "net,network,weights,params,model_state,model_ema,ema,state_dict,x.module.y";
    for (const name of names.split(",")) {
      const { out } = await imported(folder, below(name));
      assertEquals((await openTrained(out, {}, {})).checkpoint.tensors, weights, name);
    }
  });
});

Deno.test("tensors beside the network's are named, not refused", async () => {
  await withFolder(async (folder) => {
    const { made, out } = await imported(folder, [...below("state_dict.model"), ...extra]);
    assertEquals(orThrow(made).leftOut, ["criterion.weight"]);
    assertEquals((await openTrained(out, {}, {})).checkpoint.tensors, weights);
  });
});

Deno.test("of several state dicts the key says which, and without one it is asked for", async () => {
  await withFolder(async (folder) => {
    const both = [...below("model"), ...below("model_ema", other)];
    const { made } = await imported(folder, both);
    assertProblem(made, "got     model, model_ema", "--key model or --key model_ema");
    for (const [key, wanted] of [["model", weights], ["model_ema", other]] as const) {
      const { made, out } = await imported(folder, both, key);
      assertEquals(orThrow(made).leftOut, []);
      assertEquals((await openTrained(out, {}, {})).checkpoint.tensors, wanted);
    }
    const wrong = await imported(folder, both, "model_emma");
    assertProblem(wrong.made, "wanted  model, model_ema", `did you mean "model_ema"?`);
  });
});
