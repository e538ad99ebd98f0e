/** Running averages of weights and running statistics: what of a network has one, and its laws. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  type AnyOptimizer,
  chain,
  ema,
  freeze,
  groups,
  muon,
  type Net,
  orThrow,
  plan,
  sgd,
  shared,
  trainingStep,
} from "../../mod.ts";
import { stepGraphs } from "../../dsl/programs/accumulation.ts";
import { GraphBuilder } from "../../dsl/graph/builder.ts";
import { optimizerOf } from "../../dsl/programs/optimizers/optimizers.ts";
import { batchNorm, conv, dense, flatten, relu } from "../../layers/mod.ts";
import { runReference } from "../_reference.ts";
import type { Numbers } from "./_differences.ts";

const net = chain(conv(3, { kernel: 2 }), batchNorm(), relu(), flatten(), dense(3));
const weights = ["conv1.kernel", "bn1.gamma", "bn1.beta", "dense1.kernel", "dense1.bias"];
const statistics = ["bn1.mean", "bn1.variance"];

/** What of a network has an average after a step by an optimiser, whose batch comes in parts. */
function averagedIn(of: Net, optimizer: AnyOptimizer, parts = 1): readonly string[] {
  const planned = orThrow(plan(of, [3, 3, 2]));
  const { step } = stepGraphs(planned, { batch: 2, optimizer }, parts);
  const prefix = "@average/";
  return step.state.map(({ name }) => name).filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length)).toSorted();
}

Deno.test("ema() averages what is trained and the statistics beside it, nothing that is frozen", () => {
  const whole = [...weights, ...statistics].toSorted();
  for (const parts of [1, 2]) {
    assertEquals(averagedIn(net, ema(0.9, sgd()), parts), whole);
    assertEquals(averagedIn(net, sgd(), parts), []);
    const frozen = orThrow(freeze(net, "bn1"));
    const others = whole.filter((path) => !path.startsWith("bn1"));
    assertEquals(averagedIn(frozen, ema(0.9, sgd()), parts), others);
    // Statistics move where a rate is 0, too.
    const still = groups([{ path: "bn1", rate: 0 }], sgd());
    assertEquals(averagedIn(net, ema(0.9, still), parts), whole);
  }
  const twice = shared("twice", chain(conv(2), batchNorm()));
  assertEquals(
    averagedIn(chain(conv(2), twice, relu(), twice, flatten(), dense(3)), ema(0.9, sgd()))
      .filter((path) => path.endsWith(".mean")),
    ["twice.bn1.mean"],
  );
});

Deno.test("ema() within a group or beside one averages the statistics that are there", () => {
  const inside = groups([{ path: "bn1", optimizer: ema(0.9, sgd()) }], sgd());
  assertEquals(averagedIn(net, inside), ["bn1.beta", "bn1.gamma", ...statistics].toSorted());
  const beside = groups([{ path: "bn1" }], ema(0.9, sgd()));
  assertEquals(averagedIn(net, groups([{ path: "bn1", optimizer: sgd() }], ema(0.9, sgd()))), [
    ...["conv1.kernel", "dense1.bias", "dense1.kernel"],
  ]);
  // Without an optimiser of its own a group has that of the others.
  assertEquals(averagedIn(net, beside), [...weights, ...statistics].toSorted());
  const others = muon({ others: ema(0.9, sgd()) });
  assertEquals(
    averagedIn(net, others),
    ["bn1.beta", "bn1.gamma", "dense1.bias", ...statistics].toSorted(),
  );
});

Deno.test("the average of a statistic takes in its value after the step, also of a batch in parts", () => {
  const planned = orThrow(plan(net, [3, 3, 2]));
  const { state } = trainingStep(planned, { batch: 2, optimizer: ema(0.9, sgd()) });
  const after = (name: string) => state.find((slot) => slot.name === name)?.after;
  assert(statistics.every((path) => after(path) !== undefined));
  for (const parts of [1, 2]) {
    const { gather, step } = stepGraphs(planned, { batch: 2, optimizer: ema(0.9, sgd()) }, parts);
    let held: Numbers = Object.fromEntries(
      step.state.map(({ name, before }) => {
        const size = (step.shapes[before] ?? []).reduce((a, b) => a * b, 1);
        return [name, new Float64Array(size).fill(name.startsWith("@") ? 0 : 0.5)];
      }),
    );
    const run = (graph: typeof step) => {
      const inputs = Object.fromEntries(graph.inputs.map(({ name, value }) => {
        const size = (graph.shapes[value] ?? []).reduce((a, b) => a * b, 1);
        return [name, Float64Array.from({ length: size }, (_, i) => Math.sin(i))];
      }));
      held = runReference(graph, held, inputs).state;
    };
    const parted = gather === undefined ? [] : [gather, gather];
    [...parted, step].forEach(run);
    for (const path of [...weights, ...statistics]) {
      assertEquals(held[`@average/${path}`], held[path], path);
    }
    const first = statistics.map((path) => held[path] ?? []);
    [...parted, step].forEach(run);
    statistics.forEach((path, i) =>
      [...held[`@average/${path}`] ?? []].forEach((x, at) => {
        const [was = NaN, is = NaN] = [first[i]?.[at], held[path]?.[at]];
        assert(was !== is, "a statistic that does not move shows nothing");
        assertAlmostEquals(x, (was + is) / 2, 1e-6);
      })
    );
  }
});

/** The averages of a statistic that has these values, one after the other. */
function averagesOf(values: readonly number[], keep: number): readonly number[] {
  const graph = new GraphBuilder();
  const rate = graph.input("rate", []);
  graph.state("bn.mean", []);
  graph.update("bn.mean", graph.input("moved", []));
  const statistic = { path: "bn.mean", name: "mean", role: "running-mean", shape: [] } as const;
  const parameters = [{ ...statistic, initializer: "zeros", fanIn: 1, fanOut: 1 } as const];
  orThrow(optimizerOf(ema(keep, sgd()))).update(
    { graph, rate, rateOf: () => rate, parameters },
    [],
  );
  const program = graph.finish("averages", []);
  let state: Numbers = Object.fromEntries(
    program.state.map(({ name }) => [name, new Float64Array(1)]),
  );
  return values.map((value) => {
    state = runReference(program, state, { rate: [0], moved: [value] }).state;
    return state["@average/bn.mean"]?.[0] ?? NaN;
  });
}

const numbers = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), {
  minLength: 1,
  maxLength: 12,
});
const share = fc.double({ min: 0, max: 0.999, noNaN: true });

Deno.test("the average of a constant is the constant", () => {
  fc.assert(fc.property(numbers, share, ([x = 0, ...others], keep) => {
    averagesOf([x, ...others.map(() => x)], keep).forEach((average) => assertEquals(average, x));
  }));
});

Deno.test("an average lies between the least and the greatest value so far, and is their mean at first", () => {
  fc.assert(fc.property(numbers, share, (values, keep) => {
    const averages = averagesOf(values, keep);
    const room = 1e-9;
    averages.forEach((average, i) => {
      const until = values.slice(0, i + 1);
      assert(average >= Math.min(...until) - room && average <= Math.max(...until) + room);
      const mean = until.reduce((sum, x) => sum + x, 0) / until.length;
      if (i / (i + 1) <= keep) assertAlmostEquals(average, mean, 1e-9);
    });
  }));
});

Deno.test("averages go with sums and multiples of what is averaged", () => {
  const pairs = fc.array(
    fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: -99, max: 99 })),
    {
      minLength: 1,
      maxLength: 9,
    },
  );
  fc.assert(fc.property(pairs, share, (pairs, keep) => {
    const [a, b] = [
      averagesOf(pairs.map(([x]) => x), keep),
      averagesOf(pairs.map(([, y]) => y), keep),
    ];
    averagesOf(pairs.map(([x, y]) => 3 * x - y), keep).forEach((average, i) =>
      assertAlmostEquals(average, 3 * (a[i] ?? NaN) - (b[i] ?? NaN), 1e-9)
    );
  }));
});
