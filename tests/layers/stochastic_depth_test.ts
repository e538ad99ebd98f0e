/** Stochastic depth: whole samples are zeroed in training, and none at inference. */
import { assert, assertEquals } from "@std/assert";
import { GraphBuilder, lower, orThrow, plan } from "../../mod.ts";
import { stochasticDepth } from "../../layers/mod.ts";
import { onlyProblem } from "../_problems.ts";
import { runReference } from "../_reference.ts";
import { answer } from "./_answer.ts";

const BATCH = 64;

function trained(seed: number): readonly number[] {
  const graph = new GraphBuilder();
  const images = graph.input("images", [BATCH, 1, 2, 2]);
  const value = lower(graph, orThrow(plan(stochasticDepth(0.5), [1, 2, 2])), images, "training");
  const program = graph.finish("training", [{ name: "value", value }]);
  const data = new Float64Array(BATCH * 4).fill(1);
  const { outputs } = runReference(program, {}, { images: data, seed: Float64Array.of(seed) });
  return [...outputs["value"] ?? []];
}

Deno.test("stochastic depth zeroes samples as a whole and scales up the others", () => {
  const values = trained(1);
  const samples = Array.from({ length: BATCH }, (_, i) => values.slice(4 * i, 4 * i + 4));
  assert(samples.every((sample) => sample.every((x) => x === sample[0] && (x === 0 || x === 2))));
  const dropped = samples.filter(([first]) => first === 0).length;
  assert(dropped > 16 && dropped < 48, `${dropped} of ${BATCH}`);
  assertEquals(trained(1), values);
  assert(`${trained(2)}` !== `${values}`);
});

Deno.test("stochastic depth leaves its input alone at inference", () => {
  assertEquals(answer(stochasticDepth(0.9), { shape: [3], data: [1, 2, 3] }), [1, 2, 3]);
});

Deno.test("stochastic depth refuses rates that are no shares", () => {
  assertEquals(onlyProblem(plan(stochasticDepth(1), [3])).wanted, "a number from 0 to below 1");
});
