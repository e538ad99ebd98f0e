/** Attention-8: its counts, its stages, and where its masks begin. */
import { assert, assertEquals } from "@std/assert";
import { cost, depth, initialParameters, leaves, orThrow, params, plan, probe } from "../../mod.ts";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import { attention8, attention8Wide } from "../../nets/mod.ts";

Deno.test("attention8() has the counts that it says", () => {
  const planned = orThrow(plan(attention8(), [32, 32, 3]));
  assertEquals(depth(planned), 8);
  assertEquals(params(planned), { trainable: 701_928, weights: 700_216, total: 705_352 });
  assertEquals(cost(planned).macs, 31_284_128);
  const wide = orThrow(plan(attention8Wide(), [32, 32, 3]));
  assertEquals(params(wide), { trainable: 2_189_392, weights: 2_186_400, total: 2_195_376 });
  assertEquals(cost(wide).macs, 126_700_416);
});

Deno.test("attention8() has the same parameters on smaller images, and takes other widths", () => {
  const counts = [20, 24, 32].map((size) =>
    params(orThrow(plan(attention8(), [size, size, 3]))).total
  );
  assertEquals(new Set(counts).size, 1);
  const wide = orThrow(plan(attention8({ widths: [64, 256], classes: 7 }), [32, 32, 3]));
  assertEquals(wide.output, [7]);
});

Deno.test("masks of attention8() are one half before training", async () => {
  const planned = orThrow(plan(attention8({ widths: [8, 16] }), [16, 16, 3]));
  const masks = leaves(planned).filter((leaf) =>
    leaf.kind === "layer" && leaf.layer.type === "sigmoid"
  );
  assertEquals(masks.length, 2);
  const taps = masks.map((part, i) => ({ name: `mask${i}`, part, side: "output" } as const));
  const engine = orThrow(await tfjsEngine({ backend: "wasm" }));
  const program = engine.load(probe(planned, 1, taps));
  const state = engine.upload(initialParameters(planned, 0));
  const images = Float32Array.from({ length: 16 * 16 * 3 }, (_, i) => Math.sin(i));
  const { outputs, state: same } = program.run(state, { images });
  for (const { name } of taps) {
    const values = await outputs[name]?.() ?? new Float32Array();
    assert(values.length > 0 && values.every((value) => value === 0.5), name);
  }
  engine.free(same);
  engine.free(state);
  program.dispose();
  engine.dispose();
});
