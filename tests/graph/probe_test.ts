import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { ProblemError } from "../../dsl/problem/throw.ts";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import { chain, inference, initialParameters, leaves, named, orThrow, plan } from "../../mod.ts";
import { probe, sensitivity, type Tap } from "../../mod.ts";
import { batchNorm, conv, dense, flatten, relu } from "../../layers/mod.ts";
import { attention20 } from "../../nets/mod.ts";
import { runReference } from "../_reference.ts";
import { draws } from "./_differences.ts";

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
  assertThrows(() => probe(planned, 1, taps), ProblemError, "no part for the tap x");
});

Deno.test("sensitivity() gives the slopes of a weighted sum, as differences do, by images and parameters", () => {
  const net = chain(
    named("stem", chain(conv(3, { kernel: 3 }), batchNorm(), relu())),
    flatten(),
    dense(4),
  );
  const small = orThrow(plan(net, [5, 4, 2]));
  const stem = small.kind === "chain" ? small.parts[0] ?? small : small;
  const image: Tap = { name: "image", part: small, side: "input" };
  const map: Tap = { name: "map", part: stem, side: "output" };
  const state = Object.fromEntries(
    [...initialParameters(small, 3)].map((
      [name, { data }],
    ) => [name, Float64Array.from(data, (x, i) => x + 0.05 * Math.cos(i))]),
  );
  const inputs = { images: draws("images", 2 * 40) };
  for (const output of [undefined, map]) {
    const kernel = "stem.conv1.kernel";
    const program = sensitivity(small, 2, { wrt: [image, kernel], ...(output && { of: output }) });
    const weights = draws("weights", 2 * (output === undefined ? 4 : 60));
    const valueAt = (state: Readonly<Record<string, Float64Array>>, images: Float64Array) => {
      const { outputs } = runReference(program, state, { images, weights });
      const values = outputs[output === undefined ? "logits" : "map"] ?? new Float64Array();
      return values.reduce((sum, x, i) => sum + x * (weights[i] ?? NaN), 0);
    };
    const { outputs } = runReference(program, state, { ...inputs, weights });
    const check = (name: string, at: Float64Array, valueOf: (moved: Float64Array) => number) => {
      for (let i = 0; i < at.length; i += 7) {
        const moved = (by: number) => valueOf(at.with(i, (at[i] ?? NaN) + by));
        const slope = (moved(1e-6) - moved(-1e-6)) / 2e-6;
        assertAlmostEquals(outputs[`gradient.${name}`]?.[i] ?? NaN, slope, 1e-5, `${name}: ${i}`);
      }
    };
    check("image", inputs.images, (images) => valueAt(state, images));
    check(
      kernel,
      state[kernel] ?? new Float64Array(),
      (kernelValue) => valueAt({ ...state, [kernel]: kernelValue }, inputs.images),
    );
  }
});

Deno.test("sensitivity() refuses a parameter that the plan lacks", () => {
  const wrt = ["nowhere.kernel"];
  assertThrows(() => sensitivity(planned, 1, { wrt }), ProblemError, "no parameter nowhere.kernel");
});

Deno.test("probe() and sensitivity() refuse values of one name, unknown sides and what is no list", () => {
  const part = leaves(planned)[0] ?? planned;
  const tap: Tap = { name: "map", part, side: "output" };
  const twice: readonly Tap[] = [tap, { ...tap, side: "input" }];
  assertThrows(() => probe(planned, 1, twice), ProblemError, '"map" twice');
  assertThrows(() => probe(planned, 1, [{ ...tap, name: "logits" }]), ProblemError, "twice");
  assertThrows(() => sensitivity(planned, 1, { wrt: twice }), ProblemError, '"map" twice');
  const [of, wrt] = [tap, [{ ...tap, side: "input" } as const]];
  assertThrows(() => sensitivity(planned, 1, { of, wrt }), ProblemError, '"map" twice');
  const wrong: readonly (readonly [object, string])[] = [
    [{ wrt: "conv1.kernel" }, "a list"],
    [{ wrt: [3] }, "a tap or the name"],
    [{ wrt: [{ ...tap, side: "ouput" }] }, "a tap or the name"],
  ];
  for (const [options, part] of wrong) {
    const call = () => Reflect.apply(sensitivity, undefined, [planned, 1, options]);
    assertThrows(call, ProblemError, part);
  }
});
