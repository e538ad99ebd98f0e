/** A run whose numbers are no longer finite stops, says where, and keeps the last good checkpoint. */
import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { orThrow } from "../../mod.ts";
import { resume, train } from "../../tasks/training/mod.ts";
import { loadCheckpoint } from "../../tasks/training/checkpoint.ts";
import type { Result } from "../../dsl/problem/result.ts";
import { namesIn, withFolder } from "../files/_folder.ts";
import { problemOf } from "../files/_problem.ts";
import { bands, engine, recipe, stopAfter, tinyNet, trainTiny } from "./_runs.ts";

async function assertFinite(path: string): Promise<number> {
  const { tensors, position } = orThrow(await loadCheckpoint(path));
  for (const [name, { data }] of tensors) assert(data.every(Number.isFinite), name);
  return position.step;
}

const diverge = (out: string, rate: number) =>
  train(
    { net: tinyNet(), data: bands, out, recipe: { ...recipe, rate, schedule: "constant" }, engine },
    { saveEvery: 0 },
  );

const paths = ["conv1", "bn1", "dense1", "loss", "pool1"];

function assertNamed(result: Result<unknown>): void {
  const { path, layer, rule, got } = problemOf(result);
  assert(/met a number that is not finite/.test(rule), rule);
  assert(paths.some((name) => path.startsWith(name)), path);
  assert(got.includes(`${layer} was the first to give NaN or infinity`), got);
}

for (const rate of [1e2, 1e4, 1e12, 1e30, 1e38]) {
  Deno.test(`train() at a rate of ${rate} names the operation and saves finite numbers only`, async () => {
    await withFolder(async (folder) => {
      const out = join(folder, "run");
      const live = engine.liveTensors();
      assertNamed(await diverge(out, rate));
      assertEquals(engine.liveTensors(), live);
      const names = (await namesIn(out)).filter((name) => name.endsWith(".safetensors"));
      for (const name of names) await assertFinite(join(out, name));
    });
  });
}

Deno.test("a run that diverges keeps the checkpoint from before, byte for byte", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    await trainTiny(out, { watch: stopAfter(6) });
    const kept = await Promise.all(
      ["last.safetensors", "best.safetensors"].map((name) => Deno.readFile(join(out, name))),
    );
    const config = join(out, "config.json");
    const text = await Deno.readTextFile(config);
    await Deno.writeTextFile(config, text.replace(`"rate": ${recipe.rate}`, `"rate": 1e36`));
    const watch = { engine, dataset: bands };
    const problem = problemOf(await resume(out, watch));
    assert(problem.hint.includes("lower the learning rate"), problem.hint);
    const after = await Promise.all(
      ["last.safetensors", "best.safetensors"].map((name) => Deno.readFile(join(out, name))),
    );
    assertEquals(after, kept);
    assertEquals(await assertFinite(join(out, "last.safetensors")), 6);
    await Deno.writeTextFile(config, text);
    assert(orThrow(await resume(out, watch)).finished);
  });
});

Deno.test("an update that overflows is blamed on the update of its parameter", async () => {
  await withFolder(async (folder) => {
    const net = tinyNet();
    const optimizer = { kind: "sgd", momentum: 0.9, weightDecay: 1e30 } as const;
    const result = await train(
      {
        net,
        data: bands,
        out: join(folder, "run"),
        recipe: { ...recipe, rate: 1e10, optimizer },
        engine,
      },
    );
    const { layer, path } = problemOf(result);
    assertEquals(layer, "sgd");
    assert(/^(conv1|bn1|dense1)\./.test(path), path);
  });
});
