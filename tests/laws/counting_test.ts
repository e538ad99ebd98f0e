/** Counts over random networks: whole is the sum of parts, whichever way the parts are cut. */
import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  chain,
  type Cost,
  cost,
  depth,
  identity,
  leaves,
  named,
  type Net,
  orThrow,
  type ParameterCounts,
  parametersOf,
  params,
  plan,
  repeat,
  residual,
  type Shape,
  summarize,
} from "../../mod.ts";
import { renderSummary } from "../../dsl/interpreters/summary/mod.ts";
import { conv } from "../../layers/mod.ts";
import { type SummaryNode, summaryTree } from "../../dsl/interpreters/summary/summary.ts";
import { validNetworks } from "../_arbitraries.ts";

const plans = validNetworks.map(({ net, input }) => orThrow(plan(net, input)));

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

const plus = (a: ParameterCounts, b: ParameterCounts): ParameterCounts => ({
  trainable: a.trainable + b.trainable,
  weights: a.weights + b.weights,
  total: a.total + b.total,
});

const plusCost = (a: Cost, b: Cost): Cost => ({ macs: a.macs + b.macs, flops: a.flops + b.flops });

Deno.test("totals are the sums over the rows of the summary", () => {
  fc.assert(fc.property(plans, (planned) => {
    const { params, macs, flops, layers } = summarize(planned);
    assertEquals(sum(layers.map((row) => row.params)), params.total);
    assertEquals(sum(layers.map((row) => row.trainable)), params.trainable);
    assertEquals(sum(layers.map((row) => row.macs)), macs);
    assertEquals(sum(layers.map((row) => row.flops)), flops);
  }));
});

Deno.test("params() counts the numbers that the named parameters hold", () => {
  fc.assert(fc.property(plans, (planned) => {
    const sizes = parametersOf(planned).map(({ shape, role }) => ({
      size: shape.reduce((a, b) => a * b, 1),
      running: role.startsWith("running"),
      weight: role === "kernel" || role === "bias",
    }));
    assertEquals(params(planned), {
      total: sum(sizes.map(({ size }) => size)),
      trainable: sum(sizes.map(({ size, running }) => running ? 0 : size)),
      weights: sum(sizes.map(({ size, weight }) => weight ? size : 0)),
    });
  }));
});

Deno.test("every group of the summary's tree is the sum of what it holds", () => {
  const check = (node: SummaryNode): void => {
    if (node.children.length === 0) return;
    assertEquals(node.children.map(({ params }) => params).reduce(plus), node.params);
    assertEquals(node.children.map(({ cost }) => cost).reduce(plusCost), node.cost);
    node.children.forEach(check);
  };
  fc.assert(fc.property(plans, (planned) => {
    const tree = summaryTree(planned);
    tree.forEach(check);
    const none = { trainable: 0, weights: 0, total: 0 };
    assertEquals(tree.map(({ params }) => params).reduce(plus, none), params(planned));
  }));
});

Deno.test("a chain costs what its parts cost", () => {
  fc.assert(fc.property(validNetworks, ({ net, input }) => {
    const first = orThrow(plan(net, input));
    const second = orThrow(plan(named("again", net), input));
    const twice = orThrow(plan(residualOf(net), input));
    assertEquals(params(second), params(first));
    assertEquals(cost(second), cost(first));
    assertEquals(params(twice), plus(params(first), params(second)));
    assertEquals(cost(twice).macs, cost(first).macs + cost(second).macs);
  }));
});

/** The network beside itself, under two names. */
function residualOf(net: Net): Net {
  return residual(named("one", net), named("other", net));
}

Deno.test("depth is additive over chains and takes the deepest of parallel branches", () => {
  fc.assert(fc.property(fc.nat(4), fc.nat(4), (n, m) => {
    const of = (net: Net) => depth(orThrow(plan(net, [6, 6, 4])));
    const [a, b] = [repeat(n, conv(4)), repeat(m, conv(4))];
    assertEquals(of(chain(a, b)), n + m);
    assertEquals(of(residual(a, b)), Math.max(n, m));
    assertEquals(of(residual(a, identity)), n);
  }));
});

Deno.test("MACs of a convolution are its products, counted one by one", () => {
  const side = fc.integer({ min: 1, max: 3 });
  fc.assert(
    fc.property(side, side, side, fc.constantFrom(1, 2), (kernel, stride, inputs, groups) => {
      const input: Shape = [5, 7, inputs * groups];
      const outputs = 2 * groups;
      const planned = orThrow(plan(conv(outputs, { kernel, stride, groups }), input));
      const [height = 0, width = 0] = planned.output;
      let products = 0;
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          for (let o = 0; o < outputs; o++) products += kernel * kernel * inputs;
        }
      }
      assertEquals(cost(planned).macs, products);
    }),
  );
});

Deno.test("the rendered summary has a line for every part at its depth, and the totals", () => {
  fc.assert(
    fc.property(plans, fc.integer({ min: 1, max: 4 }), (planned, levels) => {
      const text = renderSummary(planned, { name: "sample", depth: levels });
      const { params, macs } = summarize(planned);
      assert(text.includes(`${params.trainable.toLocaleString("en-US")} trainable`));
      assert(text.includes(`${macs.toLocaleString("en-US")} MACs`));
      for (const { path } of leaves(planned)) {
        const names = path.split(".");
        if (names.length <= levels) assert(text.includes(names.at(-1) ?? ""), path);
      }
    }),
    { numRuns: 50 },
  );
});
