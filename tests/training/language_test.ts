/** A run whose network has a layer of a user's own: every task reads it with the language, and names it without. */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { layer, mapLayers, orThrow, rule, standard, toJSON } from "../../mod.ts";
import { pointwise } from "../../dsl/plan/rule.ts";
import { saveCheckpoint } from "../../tasks/training/checkpoint.ts";
import { evaluate, loadCheckpoint, predict } from "../../tasks/training/mod.ts";
import { assertProblem } from "../data/_results.ts";
import { withFolder } from "../files/_folder.ts";
import { bands, engine, trainTiny } from "./_runs.ts";

const language = standard.with(rule<{ readonly type: "rectify" }>({
  ...pointwise(1),
  type: "rectify",
  label: "relu",
  fields: {},
  lower: (_, site) => site.graph.apply({ op: "relu" }, [site.input]),
}));

Deno.test("evaluate() and predict() read a user's layer with its language, and name it without", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "run");
    const { test } = await trainTiny(out, { recipe: { epochs: 1 } });
    const best = join(out, "best.safetensors");
    const checkpoint = orThrow(await loadCheckpoint(best));
    const net = mapLayers(
      checkpoint.net,
      (part) => part.layer.type === "relu" ? layer({ type: "rectify" }) : part,
    );
    orThrow(await saveCheckpoint(best, { ...checkpoint, net }));
    const path = join(out, "config.json");
    const { config, ...rest } = JSON.parse(await Deno.readTextFile(path));
    const own = { ...rest, config: { ...config, net: JSON.parse(toJSON(net)) } };
    await Deno.writeTextFile(path, JSON.stringify(own));
    const use = { engine, dataset: bands };
    assertEquals(orThrow(await evaluate(out, { ...use, language })).loss, test?.loss);
    assertEquals(orThrow(await predict(out, bands, { engine, language })).length, 13);
    for (const refused of [await evaluate(out, use), await predict(out, bands, { engine })]) {
      assertProblem<unknown>(refused, '"rectify"', "{ language }");
    }
    assertProblem(await loadCheckpoint(best), "best.safetensors", '"rectify"', "{ language }");
  });
});
