/** Building programs: shared operations, ports asked for twice, shapes that do not fit. */
import { ProblemError } from "../../dsl/problem/throw.ts";
import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { chain, dump, inference, orThrow, plan, trainingStep } from "../../mod.ts";
import { batchNorm, conv, dense, dropout, globalAveragePool, relu } from "../../layers/mod.ts";
import { maximum } from "../../dsl/graph/arithmetic.ts";
import { GraphBuilder, type SingleOp } from "../../dsl/graph/builder.ts";
import type { TensorShape } from "../../dsl/graph/op.ts";

Deno.test("GraphBuilder gives back the same value for the same operation on the same operands", () => {
  const graph = new GraphBuilder();
  const [x, y] = [graph.input("x", [2, 3]), graph.input("y", [2, 3])];
  const sum = graph.apply({ op: "add" }, [x, y]);
  assertEquals(graph.apply({ op: "add" }, [x, y]), sum);
  assertNotEquals(graph.apply({ op: "add" }, [y, x]), sum);
  assertNotEquals(graph.apply({ op: "subtract" }, [x, y]), sum);
  assertEquals(graph.constant(1, [3]), graph.constant(1, [3]));
  assertNotEquals(graph.constant(1, [3]), graph.constant(1, []));
  assertNotEquals(
    graph.apply({ op: "scale", by: 2 }, [x]),
    graph.apply({ op: "scale", by: 3 }, [x]),
  );
});

Deno.test("GraphBuilder.continue() shares operations with the program that it goes on from", () => {
  const first = new GraphBuilder();
  const x = first.input("x", [2]);
  const y = first.apply({ op: "relu" }, [x]);
  const graph = first.finish("first", [{ name: "y", value: y }]);
  const second = GraphBuilder.continue(graph);
  assertEquals(second.apply({ op: "relu" }, [second.input("x", [2])]), y);
  second.apply({ op: "sigmoid" }, [y]);
  assertEquals(graph.nodes.length, 1);
});

Deno.test("GraphBuilder gives the same input and state when asked twice", () => {
  const graph = new GraphBuilder();
  assertEquals(graph.input("x", [2]), graph.input("x", [2]));
  assertEquals(graph.state("w", [2]), graph.state("w", [2]));
  assertNotEquals(graph.input("w", [2]), graph.state("w", [2]));
});

Deno.test("GraphBuilder.update() refuses unknown state and another shape", () => {
  const graph = new GraphBuilder();
  const x = graph.input("x", [2]);
  graph.state("w", [3]);
  assertThrows(() => graph.update("v", x), ProblemError, '"v"');
  assertThrows(() => graph.update("w", x), ProblemError, '"w"');
});

Deno.test("operations refuse operands that do not fit together", () => {
  const geometry = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 2 } as const;
  const cases: readonly (readonly [SingleOp, readonly TensorShape[]])[] = [
    [{ op: "add" }, [[2, 3], [2, 4]]],
    [{ op: "multiply" }, [[2, 3], [2]]],
    [{ op: "attend" }, [[1, 2, 2, 3], [1, 2, 2, 1]]],
    [{ op: "blend", rate: 0.5 }, [[3], [4]]],
    [{ op: "matmul", transposeA: true, transposeB: false }, [[2, 3], [3, 4]]],
    [{ op: "conv2d", activation: "none", ...geometry }, [[1, 4, 4, 4], [1, 1, 4, 4]]],
    [{ op: "softmaxCrossEntropy", smoothing: 0 }, [[2, 3], [2, 4]]],
    [{ op: "relu" }, []],
  ];
  for (const [op, shapes] of cases) {
    const graph = new GraphBuilder();
    const values = shapes.map((shape, i) => graph.input(`x${i}`, shape));
    assertThrows(() => graph.add(op, values), ProblemError, op.op);
  }
});

const window = { window: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0] } as const;
const geometry = { stride: [1, 1], padding: [0, 0, 0, 0], dilation: [1, 1], groups: 1 } as const;
const convolution = { op: "conv2d", activation: "none", ...geometry } as const;

Deno.test("operations refuse operands on which engines would differ", () => {
  const cases: readonly (readonly [SingleOp, readonly TensorShape[]])[] = [
    [{ op: "matmul", transposeA: false, transposeB: false }, [[2, 3, 4], [3, 4]]],
    [{ op: "matmul", transposeA: false, transposeB: false }, [[2, 3], [3, 4], [3]]],
    [{ op: "affine", activation: "none" }, [[2, 3], [4], [4]]],
    [convolution, [[1, 4, 4, 3], [5, 5, 3, 8]]],
    [convolution, [[4, 4, 3], [1, 1, 3, 8]]],
    [convolution, [[1, 4, 4, 3], [1, 1, 3, 8], [3]]],
    [{ op: "maxPool", ...window }, [[1, 1, 1, 3]]],
    [{ op: "averagePoolGrad", inputShape: [1, 8, 8, 3], ...window }, [[1, 2, 2, 3]]],
    [{ op: "globalAverage" }, [[2, 3]]],
    [{ op: "resizeBilinear", size: [2, 2] }, [[2, 3]]],
    [{ op: "accuracy" }, [[2, 4, 4, 3], [2, 4, 4, 3]]],
    [{ op: "softmax" }, [[]]],
    [{ op: "concat", axis: 1 }, [[2, 3], [2]]],
    [{ op: "slice", axis: 2, start: 0, size: 1 }, [[2, 3]]],
    [{ op: "dropoutMask", rate: 0.5, salt: 0, shape: [2] }, [[2]]],
  ];
  for (const [op, shapes] of cases) {
    const graph = new GraphBuilder();
    const values = shapes.map((shape, i) => graph.input(`x${i}`, shape));
    assertThrows(() => graph.add(op, values), ProblemError, op.op);
  }
});

Deno.test("operations refuse attributes that no engine can do, and ones that they have not", () => {
  const cases: readonly (readonly [string, object, readonly TensorShape[]])[] = [
    ["slice.start", { op: "slice", axis: 0, start: 0.5, size: 1 }, [[2]]],
    ["pad.before", { op: "pad", axis: 0, before: -1, after: 1 }, [[2]]],
    ["conv2d.stride", { ...convolution, stride: [0, 1] }, [[1, 4, 4, 3], [1, 1, 3, 8]]],
    ["conv2d.activation", { ...convolution, activation: "tanh" }, [[1, 4, 4, 3], [1, 1, 3, 8]]],
    ["reshape.shape", { op: "reshape", shape: [1.5, 4] }, [[6]]],
    ["scale.by", { op: "scale", By: 2 }, [[2]]],
    ["scale.by", { op: "scale", by: Infinity }, [[2]]],
    ["scale.by", { op: "scale", by: 1e39 }, [[2]]],
    ["scale.by", { op: "scale", by: 10n }, [[2]]],
    ["constant.value", { op: "constant", value: NaN, shape: [] }, []],
    ["constant.shape", { op: "constant", value: 1, shape: [0] }, []],
    ['"by"?', { op: "scale", by: 2, By: 2 }, [[2]]],
  ];
  for (const [place, op, shapes] of cases) {
    const graph = new GraphBuilder();
    const values = shapes.map((shape, i) => graph.input(`x${i}`, shape));
    assertThrows(() => Reflect.apply(graph.add, graph, [op, values]), ProblemError, place);
  }
});

Deno.test("GraphBuilder keeps numbers apart that JSON writes alike", () => {
  const graph = new GraphBuilder();
  assertNotEquals(graph.constant(-0, []), graph.constant(0, []));
  const x = graph.input("x", [2]);
  assertThrows(() => maximum(graph, x, graph.constant(-Infinity, [])), ProblemError, "-Infinity");
});

Deno.test("GraphBuilder refuses a name with two shapes, and two outputs of one name", () => {
  const graph = new GraphBuilder();
  const x = graph.input("x", [2, 3]);
  graph.state("w", [3]);
  assertThrows(() => graph.input("x", [5]), ProblemError, '"x" of [2, 3]');
  assertThrows(() => graph.state("w", [4]), ProblemError, '"w" of [3]');
  assertThrows(() => graph.input("y", [1.5]), ProblemError, "shape");
  const outputs = [{ name: "y", value: x }, { name: "y", value: x }];
  assertThrows(() => graph.finish("twice", outputs), ProblemError, '"y" twice');
  assertThrows(() => graph.finish("none", [{ name: "y", value: 7 }]), ProblemError, "7");
});

Deno.test("dump() lists inputs, state, operations with their layers, outputs and updates", () => {
  const planned = orThrow(plan(chain(conv(2), batchNorm(), relu()), [2, 2, 1]));
  assertEquals(
    dump(inference(planned, 1)),
    `program "inference"
  %0 [1, 2, 2, 1] = input images
  %1 [1, 1, 1, 2] = state conv1.kernel
  %2 [2] = state bn1.gamma
  %3 [2] = state bn1.beta
  %4 [2] = state bn1.variance
  %5 [2] = state bn1.mean
  %6 [2] = rsqrt(%4) epsilon=0.00001  ; bn1
  %7 [2] = multiply(%2, %6)  ; bn1
  %8 [2] = multiply(%7, %5)  ; bn1
  %9 [2] = subtract(%3, %8)  ; bn1
  %10 [1, 1, 1, 2] = multiply(%1, %7)  ; bn1
  %12 [1, 2, 2, 2] = conv2d(%0, %10, %9) activation=relu stride=[1, 1] padding=[0, 0, 0, 0] dilation=[1, 1] groups=1  ; relu1
  output logits = %12
`,
  );
});

Deno.test("dump() shows what the next run starts with", () => {
  const planned = orThrow(plan(dense(2, { bias: false }), [3]));
  const text = dump(trainingStep(planned, { batch: 1, optimizer: { kind: "sgd" } }));
  const nexts = text.split("\n").filter((line) => line.startsWith("  next"));
  assertEquals(nexts.map((line) => line.replace(/ = .*/, "")), [
    "  next dense1.kernel",
    "  next @momentum/dense1.kernel",
  ]);
});

Deno.test("programs and their texts are the same each time they are made", () => {
  const net = chain(conv(2), batchNorm(), relu(), dropout(0.5), globalAveragePool(), dense(2));
  const make = () => {
    const planned = orThrow(plan(net, [4, 4, 1]));
    return dump(trainingStep(planned, { batch: 2, optimizer: { kind: "adamw" } }));
  };
  assertEquals(make(), make());
});
