/** Laws of planning over random networks, valid and not. */
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import * as fc from "fast-check";
import {
  equal,
  fromJSON,
  inference,
  layer,
  leaves,
  type Net,
  orThrow,
  parametersOf,
  type Plan,
  plan,
  ProblemError,
  renderProblems,
  type Shape,
  toJSON,
  trainingStep,
} from "../../mod.ts";
import { GraphBuilder } from "../../dsl/graph/builder.ts";
import type { Graph, ValueId } from "../../dsl/graph/graph.ts";
import type { Field } from "../../dsl/plan/configuration.ts";
import { lower, type Observer } from "../../dsl/programs/lower.ts";
import type { Mode } from "../../dsl/plan/rule.ts";
import { LAYERS } from "../../layers/table.ts";
import { anyLayers, anyNetworks, anyShapes } from "../_any_networks.ts";
import { classifiers, validNetworks } from "../_arbitraries.ts";
import { problemsOf } from "../_problems.ts";

const BATCH = 2;

function lowered(plan: Plan, mode: Mode, observe?: Observer): Graph {
  const graph = new GraphBuilder();
  const images = graph.input("images", [BATCH, ...plan.input]);
  const value = lower(graph, plan, images, mode, observe);
  return graph.finish(mode, [{ name: "logits", value }]);
}

Deno.test("networks survive the way through text, and plan to the same plan", () => {
  fc.assert(fc.property(validNetworks, ({ net, input }) => {
    const back = orThrow(fromJSON(toJSON(net)));
    assert(equal(back, net));
    assertEquals(plan(back, input), plan(net, input));
  }));
});

Deno.test("planning is deterministic, and says the same of invalid networks", () => {
  fc.assert(fc.property(anyNetworks, anyShapes, (net, input) => {
    assertEquals(plan(net, input), plan(net, input));
  }));
});

Deno.test("every layer, merge and parameter has a path of its own", () => {
  fc.assert(fc.property(validNetworks, ({ net, input }) => {
    const planned = orThrow(plan(net, input));
    const paths = leaves(planned).map(({ path }) => path);
    assertEquals(new Set(paths).size, paths.length);
    const parameters = parametersOf(planned).map(({ path }) => path);
    assertEquals(new Set(parameters).size, parameters.length);
    assert(parameters.every((path) => /^[A-Za-z][\w-]*(\.[A-Za-z][\w-]*)+$/.test(path)));
  }));
});

/** Every part's output is the next one's input. */
function flows(plan: Plan): boolean {
  const same = (a: Shape, b: Shape) => a.join() === b.join();
  switch (plan.kind) {
    case "layer":
      return true;
    case "named":
      return same(plan.body.input, plan.input) && same(plan.body.output, plan.output) &&
        flows(plan.body);
    case "fork":
      return plan.branches.every((branch) => same(branch.input, plan.input) && flows(branch));
    case "chain": {
      const stops = [plan.input, ...plan.parts.map(({ output }) => output)];
      return same(stops.at(-1) ?? [], plan.output) &&
        plan.parts.every((part, i) => same(part.input, stops[i] ?? []) && flows(part));
    }
  }
}

Deno.test("every part of a plan takes what the part before it gives, in whole numbers", () => {
  fc.assert(fc.property(validNetworks, ({ net, input }) => {
    const planned = orThrow(plan(net, input));
    assert(flows(planned));
    for (const { input, output } of leaves(planned)) {
      assert([...input, ...output].every((size) => Number.isSafeInteger(size) && size > 0));
    }
  }));
});

for (const mode of ["inference", "training"] as const) {
  Deno.test(`planned shapes are those of the tensor program for ${mode}`, () => {
    fc.assert(fc.property(validNetworks, ({ net, input }) => {
      const planned = orThrow(plan(net, input));
      const found: (readonly [Plan, ValueId])[] = [];
      const graph = lowered(planned, mode, (part, { output }) => found.push([part, output]));
      for (const [{ path, output }, value] of found) {
        assertEquals(graph.shapes[value], [BATCH, ...output], path);
      }
    }));
  });

  Deno.test(`the state of a program for ${mode} is the plan's parameters by name and shape`, () => {
    fc.assert(fc.property(validNetworks, ({ net, input }) => {
      const planned = orThrow(plan(net, input));
      const graph = lowered(planned, mode);
      const state = new Map(graph.state.map(({ name, before }) => [name, graph.shapes[before]]));
      assertEquals(state, new Map(parametersOf(planned).map(({ path, shape }) => [path, shape])));
    }));
  });
}

Deno.test("programs keep every parameter's name and shape through all rewrites", () => {
  fc.assert(fc.property(classifiers, ({ net, input }) => {
    const planned = orThrow(plan(net, input));
    const wanted = new Map(parametersOf(planned).map(({ path, shape }) => [path, shape]));
    const optimizer = { kind: "sgd" } as const;
    for (const graph of [inference(planned, 1), trainingStep(planned, { batch: 2, optimizer })]) {
      const state = graph.state.filter(({ name }) => !name.startsWith("@"));
      assertEquals(
        new Map(state.map(({ name, before }) => [name, graph.shapes[before]])),
        wanted,
      );
      assert(
        state.every(({ before, after }) => `${graph.shapes[before]}` === `${graph.shapes[after]}`),
      );
    }
  }));
});

Deno.test("programs define every value once and before it is read", () => {
  fc.assert(fc.property(classifiers, ({ net, input }) => {
    const planned = orThrow(plan(net, input));
    const optimizer = { kind: "adamw" } as const;
    for (const graph of [inference(planned, 2), trainingStep(planned, { batch: 2, optimizer })]) {
      const defined = new Set([
        ...graph.inputs.map(({ value }) => value),
        ...graph.state.map(({ before }) => before),
      ]);
      for (const { inputs, results, op } of graph.nodes) {
        for (const value of inputs) assert(defined.has(value), op.op);
        for (const value of results) {
          assert(!defined.has(value), op.op);
          defined.add(value);
        }
      }
      for (const { value } of graph.outputs) assert(defined.has(value));
      for (const { after } of graph.state) assert(defined.has(after));
    }
  }));
});

Deno.test("plan() never throws: it plans a network or says what is wrong with it", () => {
  fc.assert(
    fc.property(anyNetworks, anyShapes, (net, input) => {
      const result = plan(net, input);
      if (result._tag === "Right") return lowered(result.right, "inference").nodes.length >= 0;
      return result.left.length > 0 && renderProblems(result.left).length > 0;
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("a number that float32 does not hold is a problem of the layer that has it", () => {
  const attempts = Object.values(LAYERS).flatMap(({ type, fields }) =>
    Object.entries<Field<unknown>>(fields)
      .filter(([, field]) => field.is(0.5))
      .flatMap(([name]) => [1e308, -1e308].map((value) => ({ type, name, value })))
  );
  assert(attempts.some(({ type }) => type === "l2_normalize"));
  for (const { type, name, value } of attempts) {
    const problems = problemsOf(plan(layer({ type, [name]: value }), [4, 4, 4]));
    assert(problems.some(({ got }) => got.includes("e+308")), `${type}.${name}`);
  }
});

Deno.test("plan() never throws on a single layer with any configuration", () => {
  fc.assert(
    fc.property(anyLayers, anyShapes, (net, input) => {
      const result = plan(net, input);
      if (result._tag === "Right") return lowered(result.right, "training").nodes.length >= 0;
      return result.left.length > 0;
    }),
    { numRuns: 2_000 },
  );
});

/** A network as JSON; nothing where it holds what JSON does not, such as NaN. */
function jsonOf(net: Net): string | undefined {
  try {
    return toJSON(net);
  } catch (error) {
    assertInstanceOf(error, ProblemError);
    return undefined;
  }
}

Deno.test("fromJSON() accepts the configurations that plan() accepts, and no others", () => {
  fc.assert(
    fc.property(anyLayers, anyShapes, (net, input) => {
      const text = jsonOf(net);
      if (text === undefined) return assertEquals(plan(net, input)._tag, "Left");
      const back = fromJSON(text)._tag;
      if (plan(net, input)._tag === "Right") assertEquals(back, "Right");
      if (back === "Left") assertEquals(plan(net, [4, 4, 4])._tag, "Left");
    }),
    { numRuns: 1_000 },
  );
});
