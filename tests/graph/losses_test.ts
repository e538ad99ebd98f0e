/** Losses against their formulas in plain loops, and their gradients against differences. */
import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  type AnyLoss,
  binaryCrossEntropy,
  chain,
  crossEntropy,
  crossEntropyPerPosition,
  type Figure,
  focal,
  type Loss,
  meanSquaredError,
  type Net,
  orThrow,
  plan,
  ProblemError,
  sgd,
  trainingStep,
} from "../../mod.ts";
import { conv, dense, flatten } from "../../layers/mod.ts";
import { GraphBuilder } from "../../dsl/graph/builder.ts";
import type { TensorShape } from "../../dsl/graph/op.ts";
import { lossOf } from "../../dsl/programs/losses/losses.ts";
import { runReference } from "../_reference.ts";
import { checkGradients, draws } from "./_differences.ts";

const ROWS: TensorShape = [4, 3];
const MAPS: TensorShape = [2, 2, 1, 3];

/** The sum over the classes of a row. */
type OfRow = (row: readonly number[], targets: readonly number[]) => number;

const softmax = (row: readonly number[]) => {
  const powers = row.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
};
const total = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0);
const entropy: OfRow = (row, targets) =>
  total(softmax(row).map((p, c) => -(targets[c] ?? NaN) * Math.log(p)));
const focused = (gamma: number): OfRow => (row, targets) =>
  total(softmax(row).map((p, c) => -(targets[c] ?? NaN) * (1 - p) ** gamma * Math.log(p)));
const binary: OfRow = (row, targets) =>
  total(row.map((x, c) => {
    const [p, t] = [1 / (1 + Math.exp(-x)), targets[c] ?? NaN];
    return -t * Math.log(p) - (1 - t) * Math.log(1 - p);
  })) / row.length;
const squared: OfRow = (row, targets) =>
  total(row.map((x, c) => (x - (targets[c] ?? NaN)) ** 2)) / row.length;
const smoothed: OfRow = (row, targets) => entropy(row, targets.map((t) => 0.7 * t + 0.1));

const LOSSES: readonly (readonly [loss: AnyLoss, shape: TensorShape, ofRow: OfRow])[] = [
  [crossEntropy(), ROWS, entropy],
  [crossEntropy({ smoothing: 0.3 }), ROWS, smoothed],
  [crossEntropyPerPosition(), MAPS, entropy],
  [focal(), ROWS, focused(2)],
  [focal({ gamma: 0 }), ROWS, entropy],
  [focal({ gamma: 0.5 }), ROWS, focused(0.5)],
  [binaryCrossEntropy(), ROWS, binary],
  [meanSquaredError(), ROWS, squared],
  [meanSquaredError(), MAPS, squared],
];

/** Targets of which every second row has two labels and the others one, of sum 1. */
const targetsOf = (count: number) =>
  Float64Array.from({ length: count }, (_, i) => {
    const [row, c] = [Math.floor(i / 3), i % 3];
    return row % 2 === 0 ? (c === row % 3 ? 1 : 0) : (c === 0 ? 0 : 0.5);
  });

for (const [given, shape, ofRow] of LOSSES) {
  const loss = orThrow(lossOf(given));
  const label = `${JSON.stringify(given)} of [${shape}]`;
  Deno.test(`${label} is its formula, the mean over rows`, () => {
    const graph = new GraphBuilder();
    const [logits, targets] = [graph.input("logits", shape), graph.input("targets", shape)];
    const value = loss.build(graph, logits, targets);
    const program = graph.finish("loss", [{ name: "loss", value }]);
    const inputs = { logits: draws("logits", 12), targets: targetsOf(12) };
    const rows = [0, 1, 2, 3].map((r) => {
      const [row, wanted] = [inputs.logits, inputs.targets].map((
        x,
      ) => [...x.slice(3 * r, 3 * r + 3)]);
      return ofRow(row ?? [], wanted ?? []);
    });
    const { outputs } = runReference(program, {}, inputs);
    assertAlmostEquals(outputs["loss"]?.[0] ?? NaN, total(rows) / 4, 1e-6);
  });
  Deno.test(`the gradient of ${label} is that of differences`, () => {
    checkGradients(label, {
      operands: [shape],
      build: (graph, [logits = NaN]) => loss.build(graph, logits, graph.input("targets", shape)),
    });
  });
}

Deno.test("binary cross-entropy stays finite however sure a logit is, and its accuracy counts labels", () => {
  const loss = orThrow(lossOf(binaryCrossEntropy()));
  const graph = new GraphBuilder();
  const [logits, targets] = [graph.input("logits", [1, 4]), graph.input("targets", [1, 4])];
  const program = graph.finish("loss", [
    { name: "loss", value: loss.build(graph, logits, targets) },
    { name: "accuracy", value: loss.accuracy?.(graph, logits, targets) ?? NaN },
  ]);
  const inputs = { logits: [1000, -1000, 500, -500], targets: [1, 0, 0, 0] };
  const { outputs } = runReference(program, {}, inputs);
  assertEquals([outputs["loss"]?.[0], outputs["accuracy"]?.[0]], [125, 0.75]);
});

const outputsOf = (net: Net, loss: AnyLoss) => {
  const graph = trainingStep(orThrow(plan(net, [4, 4, 2])), { batch: 2, optimizer: sgd(), loss });
  const targets = graph.inputs.find(({ name }) => name === "targets")?.value ?? NaN;
  return [graph.shapes[targets], graph.outputs.map(({ name }) => name)];
};

Deno.test("trainingStep() has the targets of its loss, and its accuracy", () => {
  const names = ["loss", "accuracy", "logits"];
  assertEquals(outputsOf(conv(3), crossEntropyPerPosition()), [[2, 4, 4, 3], names]);
  const vector = chain(flatten(), dense(5));
  for (const loss of [crossEntropy(), focal(), binaryCrossEntropy(), meanSquaredError()]) {
    assertEquals(outputsOf(vector, loss), [[2, 5], names]);
  }
});

Deno.test("trainingStep() refuses a loss that there is not, or that does not take the logits", () => {
  const refused = (net: Net, loss: unknown, part: string) =>
    assertThrows(() => outputsOf(net, loss as AnyLoss), ProblemError, part);
  refused(conv(3), crossEntropy(), "cross-entropy must take the network's output");
  refused(conv(3), focal(), "[2, 4, 4, 3]");
  refused(chain(flatten(), dense(5)), crossEntropyPerPosition(), "maps of logits");
  refused(conv(3), { kind: "foca" }, 'did you mean "focal"?');
  refused(conv(3), { kind: "focal", gama: 2 }, 'did you mean "gamma"?');
  refused(conv(3), { kind: "focal", gamma: -2 }, "from 0");
  refused(conv(3), "focal", "there is no such loss");
  refused(conv(3), { kind: "focal", build: () => 0 }, "another than those of netfold's");
  refused(conv(3), { kind: "own", options: { kind: "focal" }, build: () => 0 }, "uses itself");
  refused(conv(3), { kind: "own", build: (_: unknown, logits: number) => logits }, "one number");
});

Deno.test("trainingStep() takes smoothing from the loss when one is given", () => {
  const planned = orThrow(plan(dense(5), [4]));
  const options = { batch: 2, optimizer: sgd(), labelSmoothing: 0.1 };
  trainingStep(planned, options);
  assertThrows(
    () => trainingStep(planned, { ...options, loss: crossEntropy() }),
    ProblemError,
    "give crossEntropy({ smoothing })",
  );
});

Deno.test("trainingStep() leaves the accuracy out where outputs are maps and the loss has none", () => {
  assertEquals(outputsOf(conv(3), meanSquaredError()), [[2, 4, 4, 3], ["loss", "logits"]]);
});

Deno.test("trainingStep() refuses a loss of one's own that is not what it should be", () => {
  const build: Figure = (graph) => graph.constant(0, []);
  const vector = chain(flatten(), dense(5));
  const refused = (loss: object, code: string) => {
    const error: ProblemError = assertThrows(
      () => outputsOf(vector, loss as AnyLoss),
      ProblemError,
    );
    assertEquals(error.problems.map((problem) => problem.code), [code]);
  };
  refused({ kind: "focal", options: { gamma: 3 }, build }, "reserved-kind");
  refused({ kind: "own", build, acuracy: build }, "unknown-option");
  refused({ kind: "own", build, targets: [2, 10] }, "invalid-argument");
  refused({ kind: "own", build, targets: () => "abc" }, "invalid-argument");
  refused({ kind: "own", build: () => undefined }, "loss-not-scalar");
  const accuracy: Figure = (_, logits) => logits;
  refused({ kind: "own", build, accuracy }, "accuracy-not-scalar");
});

Deno.test("a loss may be an instance of a class", () => {
  class Own implements Loss {
    readonly kind = "own";
    readonly #value = 2;
    targets(): readonly number[] {
      return [this.#value];
    }
    build(graph: GraphBuilder): number {
      return graph.constant(this.#value, []);
    }
  }
  assertEquals(outputsOf(conv(3), new Own()), [[2], ["loss", "logits"]]);
});
