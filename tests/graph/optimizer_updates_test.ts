/** What optimisers made of operations do to a kernel: against plain loops in float64. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { type AnyOptimizer, clip, ema, type Graph, lion, muon, orThrow, sgd } from "../../mod.ts";
import { GraphBuilder } from "../../dsl/graph/builder.ts";
import { orthogonalized } from "../../dsl/programs/optimizers/muon.ts";
import { optimizerOf } from "../../dsl/programs/optimizers/optimizers.ts";
import { runReference } from "../_reference.ts";
import { draws, type Numbers } from "./_differences.ts";

const SHAPE = [3, 2] as const;

/** A program that updates a kernel of 3 x 2 by a gradient that it is fed. */
function updating(optimizer: AnyOptimizer): Graph {
  const graph = new GraphBuilder();
  const value = graph.state("w.kernel", SHAPE);
  const gradient = graph.input("gradient", SHAPE);
  const rate = graph.input("rate", []);
  const kernel = { name: "kernel", role: "kernel", initializer: "zeros" } as const;
  const parameter = { ...kernel, path: "w.kernel", shape: SHAPE, fanIn: 3, fanOut: 2 };
  const step = { graph, rate, rateOf: () => rate };
  const [next = NaN] = orThrow(optimizerOf(optimizer)).update(step, [{
    parameter,
    value,
    gradient,
  }]);
  graph.update("w.kernel", next);
  return graph.finish("update", []);
}

const START = draws("start", 6);
const GRADIENTS = [1, 2, 3].map((i) => draws(`gradient${i}`, 6));
const RATE = 0.1;

/** The states of three steps. */
function sequence(optimizer: AnyOptimizer): readonly Numbers[] {
  const graph = updating(optimizer);
  let state: Numbers = Object.fromEntries(graph.state.map(({ name, before }) => [
    name,
    name === "w.kernel"
      ? START
      : new Float64Array((graph.shapes[before] ?? []).reduce((a, b) => a * b, 1)),
  ]));
  return GRADIENTS.map((gradient) => {
    state = runReference(graph, state, { gradient, rate: [RATE] }).state;
    return state;
  });
}

function assertKernels(optimizer: AnyOptimizer, expected: readonly Float64Array[]): void {
  sequence(optimizer).forEach((state, k) =>
    expected[k]?.forEach((x, i) =>
      assertAlmostEquals(state["w.kernel"]?.[i] ?? NaN, x, 1e-7, `step ${k + 1}, entry ${i}`)
    )
  );
}

const zip = (a: Float64Array, b: Float64Array, f: (a: number, b: number) => number) =>
  a.map((x, i) => f(x, b[i] ?? NaN));

Deno.test("Lion steps by the sign of the momentum, and decays apart from it", () => {
  let [w, m] = [START, new Float64Array(6)];
  const expected = GRADIENTS.map((g) => {
    const direction = zip(m, g, (m, g) => Math.sign(0.9 * m + 0.1 * g));
    w = zip(w, direction, (w, u) => w - RATE * (u + 0.3 * w));
    m = zip(m, g, (m, g) => 0.8 * m + 0.2 * g);
    return w;
  });
  assertKernels(lion({ beta2: 0.8, weightDecay: 0.3 }), expected);
});

/** A product of row-major matrices. */
function product(a: Float64Array, b: Float64Array, [n, k, m]: readonly [number, number, number]) {
  return Float64Array.from({ length: n * m }, (_, at) => {
    const [i, j] = [Math.floor(at / m), at % m];
    let sum = 0;
    for (let t = 0; t < k; t++) sum += (a[i * k + t] ?? NaN) * (b[t * m + j] ?? NaN);
    return sum;
  });
}

const lengthOf = (x: Float64Array) => Math.hypot(...x);

/** Newton-Schulz of a 3 x 2 matrix in plain loops, by its 2 x 2 product with itself. */
function newtonSchulz(matrix: Float64Array, iterations: number): Float64Array {
  let x = matrix.map((value) => value / (lengthOf(matrix) + 1e-7));
  for (let k = 0; k < iterations; k++) {
    const turned = Float64Array.from(
      { length: 6 },
      (_, at) => x[at % 3 * 2 + Math.floor(at / 3)] ?? NaN,
    );
    const gram = product(turned, x, [2, 3, 2]);
    const powers = zip(gram, product(gram, gram, [2, 2, 2]), (g, gg) => -4.775 * g + 2.0315 * gg);
    x = zip(x, product(x, powers, [3, 2, 2]), (x, p) => 3.4445 * x + p);
  }
  return x;
}

Deno.test("Muon steps along the orthogonal part of Nesterov's momentum", () => {
  for (const rescale of [false, true]) {
    let [w, buffer] = [START, new Float64Array(6)];
    const expected = GRADIENTS.map((g) => {
      buffer = zip(buffer, g, (b, g) => 0.6 * b + g);
      const update = newtonSchulz(zip(g, buffer, (g, b) => g + 0.6 * b), 3);
      const length = lengthOf(w) + 1e-7;
      const start = rescale ? w.map((x) => x * Math.SQRT2 / length) : w;
      w = zip(start, update, (w, u) => w - RATE * (u + 0.2 * w));
      return w;
    });
    const options = { momentum: 0.6, iterations: 3, weightDecay: 0.2, rescale };
    assertKernels(muon(options), expected);
  }
});

Deno.test("clip() scales gradients down to their common norm, and leaves short ones alone", () => {
  const plain = sgd({ momentum: 0, weightDecay: 0 });
  let w = START;
  assertKernels(
    clip(0.5, plain),
    GRADIENTS.map((g) => {
      w = zip(w, g, (w, slope) => w - RATE * slope * Math.min(1, 0.5 / lengthOf(g)));
      return w;
    }),
  );
  const before = sequence(plain).map((state) => state["w.kernel"] ?? START);
  assertKernels(clip(1000, plain), before);
});

Deno.test("ema() keeps the mean of the first weights, then a running average, and changes no weight", () => {
  const plain = sequence(sgd()).map((state) => state["w.kernel"] ?? START);
  const [first = START, second = START, third = START] = plain;
  const averaged = sequence(ema(0.5, sgd()));
  assertKernels(ema(0.5, sgd()), plain);
  const half = zip(first, second, (a, b) => (a + b) / 2);
  const expected = [first, half, zip(half, third, (a, b) => (a + b) / 2)];
  expected.forEach((values, k) =>
    values.forEach((x, i) =>
      assertAlmostEquals(averaged[k]?.["@average/w.kernel"]?.[i] ?? NaN, x, 1e-12)
    )
  );
});

/** A matrix made orthogonal, in float64. */
function orthogonal(matrix: Float64Array, shape: readonly [number, number]): Float64Array {
  const graph = new GraphBuilder();
  const value = orthogonalized(graph, graph.input("x", shape), 5);
  const program = graph.finish("orthogonal", [{ name: "y", value }]);
  return runReference(program, {}, { x: matrix }).outputs["y"] ?? new Float64Array();
}

Deno.test("orthogonalized() brings every singular value close to 1", () => {
  const values = fc.array(fc.double({ min: 0.05, max: 1, noNaN: true }), {
    minLength: 3,
    maxLength: 3,
  });
  fc.assert(fc.property(values, fc.integer({ min: 3, max: 5 }), (singular, rows) => {
    const diagonal = new Float64Array(rows * 3);
    singular.forEach((value, i) => diagonal[i * 3 + i] = value);
    orthogonal(diagonal, [rows, 3]).forEach((x, at) => {
      if (Math.floor(at / 3) === at % 3) assert(x > 0.6 && x < 1.3, `${x}`);
      else assertEquals(x, 0);
    });
  }));
});

Deno.test("orthogonalized() turns with its matrix, and knows no side from the other", () => {
  fc.assert(fc.property(fc.double({ min: 0, max: 6, noNaN: true }), fc.nat(99), (angle, seed) => {
    const matrix = draws(`matrix${seed}`, 6);
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const turn = Float64Array.of(cos, sin, -sin, cos);
    const turned = product(orthogonal(matrix, [3, 2]), turn, [3, 2, 2]);
    const after = orthogonal(product(matrix, turn, [3, 2, 2]), [3, 2]);
    after.forEach((x, i) => assertAlmostEquals(x, turned[i] ?? NaN, 1e-9));
    const flat = (x: Float64Array) =>
      Float64Array.from({ length: 6 }, (_, at) => x[at % 3 * 2 + Math.floor(at / 3)] ?? NaN);
    const other = orthogonal(flat(matrix), [2, 3]);
    flat(orthogonal(matrix, [3, 2])).forEach((x, i) =>
      assertAlmostEquals(other[i] ?? NaN, x, 1e-9)
    );
  }));
});
