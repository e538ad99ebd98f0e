import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import { inference, initialParameters, leaves, orThrow, plan, probe, type Tap } from "../../mod.ts";
import { attention20 } from "../../nets/mod.ts";

const planned = orThrow(plan(attention20(), [32, 32, 3]));

Deno.test("probe() answers as inference() does, and shows the same values on both sides of a place", async () => {
  const engine = orThrow(await tfjsEngine({ backend: "cpu" }));
  const forks = leaves(planned).filter((leaf) => leaf.kind === "fork" && leaf.merge === "attend");
  const [fork = planned] = forks;
  const trunk = fork.kind === "fork" ? fork.branches[0] ?? fork : fork;
  const taps: readonly Tap[] = [
    { name: "fork", part: fork, side: "input" },
    { name: "trunk", part: trunk, side: "input" },
    { name: "image", part: planned, side: "input" },
    { name: "end", part: planned, side: "output" },
  ];
  const images = Float32Array.from({ length: 32 * 32 * 3 }, (_, i) => Math.sin(i));
  const state = engine.upload(initialParameters(planned, 1));
  const [plain, shown] = [inference(planned, 1), probe(planned, 1, taps)].map((graph) =>
    engine.load(graph).run(state, { images }).outputs
  );
  const read = async (name: string) => await shown?.[name]?.() ?? new Float32Array();
  const [logits, wanted] = [await read("logits"), await plain?.logits?.() ?? new Float32Array()];
  logits.forEach((logit, i) => assertAlmostEquals(logit, wanted[i] ?? NaN, 1e-5));
  assertEquals(await read("end"), logits);
  assertEquals(await read("fork"), await read("trunk"));
  assertEquals(await read("image"), images);
});

Deno.test("probe() refuses a part of another plan", () => {
  const other = orThrow(plan(attention20(), [32, 32, 3]));
  const taps: readonly Tap[] = [{ name: "x", part: other, side: "output" }];
  assertThrows(() => probe(planned, 1, taps), RangeError, "no part for the tap x");
});
