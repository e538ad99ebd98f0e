/** Reverse mode through whole programs: what adds up, what is zero, what is not computed. */
import { ProblemError } from "../../dsl/problem/throw.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { square } from "../../dsl/graph/arithmetic.ts";
import { GraphBuilder } from "../../dsl/graph/builder.ts";
import type { OpOf } from "../../dsl/graph/op.ts";
import { gradients } from "../../dsl/graph/reverse.ts";
import { runReference } from "../_reference.ts";
import { checkGradients, type Function, functional, ofOperation } from "./_differences.ts";
import { PLAIN, product } from "./_operations.ts";

Deno.test("gradients() adds up over every use of a value", () => {
  checkGradients("many uses", {
    operands: [[2, 3], [3, 3]],
    build: (graph, [x = NaN, w = NaN]) => {
      const once = graph.apply(product(false, false), [x, w]);
      const twice = graph.apply(product(false, true), [once, w]);
      const mixed = graph.apply({ op: "attend" }, [twice, graph.apply({ op: "sigmoid" }, [once])]);
      const sum = graph.apply({ op: "add" }, [mixed, x]);
      return functional(graph, graph.apply({ op: "multiply" }, [sum, once]));
    },
  });
});

Deno.test("gradients() is zero by a value that the loss does not read", () => {
  const graph = new GraphBuilder();
  const [x, unused] = [graph.input("x", [2, 2]), graph.input("unused", [3])];
  const loss = functional(graph, graph.apply({ op: "relu" }, [x]));
  const slope = gradients(graph, loss, [x, unused]).get(unused) ?? NaN;
  const finished = graph.finish("unused", [{ name: "slope", value: slope }]);
  const inputs = Object.fromEntries(
    finished.inputs.map(({ name, value }) => [
      name,
      new Float64Array(finished.shapes[value]?.reduce((a, b) => a * b, 1) ?? 0).fill(1),
    ]),
  );
  assertEquals([...runReference(finished, {}, inputs).outputs["slope"] ?? []], [0, 0, 0]);
});

Deno.test("gradients() of the loss by itself is one", () => {
  const graph = new GraphBuilder();
  const x = graph.input("x", []);
  const slope = gradients(graph, x, [x]).get(x) ?? NaN;
  const finished = graph.finish("self", [{ name: "slope", value: slope }]);
  assertEquals([...runReference(finished, {}, { x: [3] }).outputs["slope"] ?? []], [1]);
});

Deno.test("gradients() computes no gradient that nobody wants", () => {
  const graph = new GraphBuilder();
  const [x, kernel] = [graph.input("x", [1, 4, 4, 2]), graph.input("kernel", [3, 3, 2, 2])];
  const y = graph.apply({ op: "conv2d", activation: "none", ...PLAIN }, [x, kernel]);
  gradients(graph, functional(graph, y), [kernel]);
  const names = graph.nodes.map(({ op }) => op.op);
  assertEquals(names.filter((name) => name.startsWith("conv2d")), ["conv2d", "conv2dFilterGrad"]);
});

Deno.test("gradients() stops at dropout's mask, which does not depend on its seed smoothly", () => {
  const graph = new GraphBuilder();
  const [x, seed] = [graph.input("x", [2, 3]), graph.input("seed", [])];
  const mask = { op: "dropoutMask", rate: 0.5, salt: 0, shape: [2, 3] } as const;
  const y = graph.apply({ op: "multiply" }, [x, graph.apply(mask, [seed])]);
  const slopes = gradients(graph, functional(graph, y), [x, seed]);
  assertEquals(slopes.size, 2);
});

Deno.test("gradients() of a tensor weighs its entries by the seed, ones unless told otherwise", () => {
  const graph = new GraphBuilder();
  const [x, seed] = [graph.input("x", [2]), graph.input("seed", [2])];
  const y = square(graph, x);
  const finished = graph.finish("seeds", [
    { name: "ones", value: gradients(graph, y, [x]).get(x) ?? NaN },
    { name: "given", value: gradients(graph, y, [x], seed).get(x) ?? NaN },
  ]);
  const { outputs } = runReference(finished, {}, { x: [3, 5], seed: [10, 0] });
  assertEquals([...outputs["ones"] ?? []], [6, 10]);
  assertEquals([...outputs["given"] ?? []], [60, 0]);
  assertThrows(() => gradients(graph, y, [x], graph.constant(1, [])), ProblemError, "The seed of");
});

Deno.test("gradients() of a largest entry is shared by those that tie", () => {
  const graph = new GraphBuilder();
  const x = graph.input("x", [1, 4]);
  const y = graph.apply({ op: "max", axes: [1] }, [x]);
  const value = gradients(graph, y, [x]).get(x) ?? NaN;
  const finished = graph.finish("ties", [{ name: "slope", value }]);
  const { outputs } = runReference(finished, {}, { x: [2, 1, 2, 0] });
  assertEquals([...outputs["slope"] ?? []], [0.5, 0, 0.5, 0]);
});

Deno.test("gradients() throws when an operation on the way has no rule, rather than give zeros", () => {
  const shape = [2, 3];
  const without: readonly Function[] = [
    ofOperation({ op: "affine", activation: "relu" }, [shape, [3], [3]]),
    ofOperation({ op: "l2NormalizeGrad", epsilon: 1 }, [shape, shape]),
    ofOperation({ op: "softmaxGrad" }, [shape, shape]),
    ofOperation({ op: "softmaxCrossEntropy", smoothing: 0 }, [shape, shape]),
    ofOperation({ op: "conv2d", ...PLAIN, activation: "relu" }, [[1, 2, 2, 1], [1, 1, 1, 1]]),
    {
      operands: [[4, 2]],
      build: (graph, [x = NaN]) => {
        const norm: OpOf<"batchNormTrain"> = {
          op: "batchNormTrain",
          epsilon: 1,
          activation: "none",
        };
        const ones = graph.constant(1, [2]);
        const [, mean] = graph.emit(norm, [x, ones, ones]);
        return functional(graph, mean);
      },
    },
  ];
  for (const wanted of without) {
    assertThrows(() => checkGradients("without", wanted), ProblemError, "has no gradient rule");
  }
});
