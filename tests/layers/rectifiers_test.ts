/** Rectifiers and squashings: what they give on numbers that one can check, as PyTorch defines them. */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { initialParameters, type Net, orThrow, parametersOf, plan } from "../../mod.ts";
import { hardSigmoid, hardSwish, leakyRelu, prelu, relu6, tanh } from "../../layers/mod.ts";
import { onlyProblem } from "../_problems.ts";
import { answer } from "./_answer.ts";

const data = [-4, -3, -1, 0, 0.5, 3, 7];

const VALUES: Readonly<Record<string, readonly [Net, readonly number[]]>> = {
  tanh: [tanh(), data.map(Math.tanh)],
  relu6: [relu6(), [0, 0, 0, 0, 0.5, 3, 6]],
  "hard sigmoid": [hardSigmoid(), [0, 0, 2 / 6, 0.5, 3.5 / 6, 1, 1]],
  "hard swish": [hardSwish(), [0, 0, -2 / 6, 0, 0.5 * 3.5 / 6, 3, 7]],
  "leaky relu": [leakyRelu(), [-0.04, -0.03, -0.01, 0, 0.5, 3, 7]],
  "leaky relu of another slope": [leakyRelu({ slope: 0.5 }), [-2, -1.5, -0.5, 0, 0.5, 3, 7]],
};

for (const [name, [net, wanted]] of Object.entries(VALUES)) {
  Deno.test(`${name} gives what its definition says`, () => {
    const got = answer(net, { shape: [data.length], data });
    wanted.forEach((x, i) => assertAlmostEquals(got[i] ?? NaN, x, 1e-12));
  });
}

Deno.test("prelu has a slope for each channel, or one for all", () => {
  const map = { shape: [1, 2, 2], data: [-1, -2, 3, -4] };
  assertEquals(answer(prelu(), map, { "prelu1.alpha": [0.5, 2] }), [-0.5, -4, 3, -8]);
  const one = prelu({ channelwise: false });
  assertEquals(answer(one, map, { "prelu1.alpha": [0.5] }), [-0.5, -1, 3, -2]);
});

Deno.test("prelu starts at 0.25 and its slopes are no weights", () => {
  const planned = orThrow(plan(prelu(), [4, 4, 3]));
  assertEquals(parametersOf(planned).map(({ role }) => role), ["scale"]);
  const { data } = initialParameters(planned, 0).get("prelu1.alpha") ?? {};
  assertEquals(data, Float32Array.of(0.25, 0.25, 0.25));
});

Deno.test("leakyRelu() refuses slopes that are no shares", () => {
  for (const slope of [-0.1, 1, NaN]) {
    const { code, wanted } = onlyProblem(plan(leakyRelu({ slope }), [3]));
    assertEquals([code, wanted], ["invalid-field", "a number from 0 to below 1"]);
  }
});
