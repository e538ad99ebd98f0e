/** Optimisers made of operations: against plain loops in float64, and the same on every engine. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import {
  adamw,
  type AnyOptimizer,
  chain,
  clip,
  eachParameter,
  ema,
  freeze,
  type Graph,
  groups,
  initialParameters,
  initialState,
  linear,
  lion,
  muon,
  type Optimizer,
  type OptimizerStep,
  orThrow,
  parametersOf,
  plan,
  ProblemError,
  sgd,
  steps,
  type Tensors,
  type Trained,
  trainingStep,
} from "../../mod.ts";
import { batchNorm, conv, dense, flatten, relu } from "../../layers/mod.ts";
import { GraphBuilder } from "../../dsl/graph/builder.ts";
import { isTrainable } from "../../dsl/plan/parameters.ts";
import { orthogonalized } from "../../dsl/programs/optimizers/muon.ts";
import { withGradientNorm } from "../../dsl/programs/training_step.ts";
import { recordOf } from "../../dsl/programs/meaning.ts";
import { optimizerOf } from "../../dsl/programs/optimizers/optimizers.ts";
import { runReference } from "../_reference.ts";
import { testEngines } from "../training/_engines.ts";
import { draws, type Numbers } from "./_differences.ts";
import { randomInputs } from "./_programs.ts";

const planned = orThrow(plan(
  chain(conv(3, { kernel: 2 }), batchNorm(), relu(), flatten(), dense(3)),
  [3, 3, 2],
));

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

/** Bias corrections of Adam aside, one of each kind. */
const OPTIMIZERS: Readonly<Record<string, AnyOptimizer>> = {
  lion: lion(),
  muon: muon({ others: adamw() }),
  "clip, ema and muon": clip(0.1, ema(0.9, muon({ rescale: true, iterations: 3 }))),
  groups: groups(
    [
      { path: "conv1", optimizer: lion(), rate: 0.1 },
      { role: "bias", schedule: linear() },
    ],
    sgd(),
  ),
};

for (const [name, optimizer] of Object.entries(OPTIMIZERS)) {
  testEngines(`training steps with ${name} are those of the reference`, async (engine) => {
    const graph = trainingStep(planned, { batch: 4, optimizer });
    const first = initialState(graph, initialParameters(planned, 1));
    const inputs = Object.entries(randomInputs(graph)).map(([name, numbers]) =>
      [name, name.startsWith("rate") ? Float32Array.of(0.05) : Float32Array.from(numbers)] as const
    );
    let expected: Numbers = Object.fromEntries(
      [...first].map(([name, { data }]) => [name, Float64Array.from(data)]),
    );
    const program = engine.load(graph);
    let state = engine.upload(first);
    for (let k = 0; k < 2; k++) {
      const next = program.run(state, Object.fromEntries(inputs)).state;
      engine.free(state);
      state = next;
      expected = { ...runReference(graph, expected, Object.fromEntries(inputs)).state };
    }
    const actual: Tensors = await engine.download(state);
    engine.free(state);
    program.dispose();
    for (const [name, values] of Object.entries(expected)) {
      actual.get(name)?.data.forEach((x, i) =>
        assertAlmostEquals(x, values[i] ?? NaN, 2e-4, `${name}, entry ${i}`)
      );
    }
  });
}

testEngines(
  "the gradients' norm is the length of a plain step, and changes nothing",
  async (engine) => {
    const plain = sgd({ momentum: 0, nesterov: false, weightDecay: 0 });
    const optimizer = groups([{ path: "conv1", rate: 0 }], clip(1e9, plain));
    const first = initialParameters(planned, 1);
    const after = await Promise.all([false, true].map(async (isMeasured) => {
      const step = trainingStep(planned, { batch: 4, optimizer, gradients: isMeasured });
      const graph = isMeasured ? withGradientNorm(step) : step;
      const inputs = Object.entries(randomInputs(graph)).map(([name, numbers]) =>
        [name, name === "rate" ? Float32Array.of(1) : Float32Array.from(numbers)] as const
      );
      const program = engine.load(graph);
      const state = engine.upload(initialState(graph, first));
      const run = program.run(state, Object.fromEntries(inputs));
      const norm = (await run.outputs.gradientNorm?.())?.[0];
      const tensors: Tensors = await engine.download(run.state);
      for (const one of [state, run.state]) engine.free(one);
      program.dispose();
      return { norm, tensors };
    }));
    const [without, given] = after;
    assertEquals(given?.tensors, without?.tensors);
    assertEquals(without?.norm, undefined);
    const moved = parametersOf(planned).filter(isTrainable).flatMap(({ path }) => {
      const now = given?.tensors.get(path)?.data ?? [];
      return [...first.get(path)?.data ?? []].map((x, i) => x - (now[i] ?? NaN));
    });
    assertAlmostEquals(given?.norm ?? NaN, Math.hypot(...moved), 1e-5);
  },
);

Deno.test("groups() changes a parameter as the first group that it fits says", () => {
  const optimizer = groups([
    { path: "conv1", role: "kernel", optimizer: lion() },
    { path: "*.kernel", optimizer: adamw() },
    { path: "bn1", schedule: steps([0.5], 0) },
    { role: "bias", schedule: "cosine" },
  ], sgd());
  const graph = trainingStep(planned, { batch: 2, optimizer });
  const kept = graph.state.map(({ name }) => name).filter((name) => name.startsWith("@")).sort();
  assertEquals(kept, [
    "@adam.m/dense1.kernel",
    "@adam.step",
    "@adam.v/dense1.kernel",
    "@lion.m/conv1.kernel",
    "@momentum/bn1.beta",
    "@momentum/bn1.gamma",
    "@momentum/dense1.bias",
  ]);
  assertEquals(
    graph.inputs.map(({ name }) => name).filter((name) => name.startsWith("rate")).toSorted(),
    [
      'rate "cosine"',
      'rate {"kind":"steps","at":[0.5],"by":0}',
      "rate",
    ].toSorted(),
  );
});

const own = (kind: string, options: object = {}) => ({ kind, options, update: () => [] });
const circle: Record<string, unknown> = {};
circle.of = circle;

Deno.test("optimizerOf() takes an own optimiser that holds others", () => {
  const options = { share: 0.5, of: own("inner", { list: [1, null, "x"] }), left: undefined };
  assertEquals(optimizerOf(own("outer", options))._tag, "Right");
});

/** What a script without types may give. */
const BAD: readonly (readonly [given: unknown, path: string, code: string, hint: string])[] = [
  [{ kind: "adam" }, "optimizer", "unknown-optimizer", "adamw"],
  [{ learningRate: 3 }, "optimizer", "unknown-optimizer", ""],
  ["sgd", "optimizer", "unknown-optimizer", ""],
  [undefined, "optimizer", "unknown-optimizer", ""],
  [null, "optimizer", "unknown-optimizer", ""],
  [{ kind: "constructor" }, "optimizer", "unknown-optimizer", ""],
  [{ kind: "sgd", momentun: 0.9 }, "optimizer.momentun", "unknown-option", "momentum"],
  [{ kind: "sgd", momentum: "0.9" }, "optimizer.momentum", "invalid-option", ""],
  [{ ...clip(1, sgd()), norm: -1 }, "optimizer.norm", "invalid-option", ""],
  [{ kind: "clip", norm: 1 }, "optimizer.of", "invalid-option", ""],
  [{ ...clip(1, sgd()), of: { kind: "sdg" } }, "optimizer.of", "unknown-optimizer", "sgd"],
  [{ ...muon(), iterations: 0 }, "optimizer.iterations", "invalid-option", ""],
  [{ kind: "lion", update: () => [] }, "optimizer.kind", "reserved-kind", "another kind"],
  [{ ...clip(1, sgd()), of: own("muon") }, "optimizer.of.kind", "reserved-kind", "another kind"],
  [own("own", { kind: "sgd" }), "optimizer.options.kind", "invalid-option", "closure"],
  [own("own", { share: NaN }), "optimizer.options.share", "invalid-option", "closure"],
  [own("own", { of: [new Map()] }), "optimizer.options.of.0", "invalid-option", "closure"],
  [own("own", { f: () => 0 }), "optimizer.options.f", "invalid-option", "closure"],
  [own("own", [1]), "optimizer.options", "invalid-option", "closure"],
  [own("own", circle), "optimizer.options.of", "invalid-option", "closure"],
  [
    { ...groups([], sgd()), groups: [{ pth: "x" }] },
    ...["optimizer.groups[0].pth", "unknown-option", "path"] as const,
  ],
  [
    { ...groups([], sgd()), groups: [{ role: "kernl" }] },
    ...["optimizer.groups[0].role", "invalid-option", ""] as const,
  ],
  [{ kind: "own", update: "y" }, "optimizer.update", "invalid-argument", ""],
  [{ kind: "own", update: () => [], wieghts: 3 }, "optimizer.wieghts", "unknown-option", "weights"],
];

for (const [given, path, code, hint] of BAD) {
  Deno.test(`optimizerOf() refuses ${Deno.inspect(given, { breakLength: Infinity })}`, () => {
    const result = optimizerOf(given);
    const [problem] = result._tag === "Left" ? result.left : [];
    assertEquals([problem?.path, problem?.code], [path, code]);
    assert(problem?.hint.includes(hint));
  });
}

Deno.test("trainingStep() refuses an optimiser that there is not, or that leaves a parameter out", () => {
  const adam = JSON.parse('{ "kind": "adam" }');
  assertThrows(() => trainingStep(planned, { batch: 2, optimizer: adam }), ProblemError, "adamw");
  const lazy = { kind: "lazy", update: () => [] };
  assertThrows(() => trainingStep(planned, { batch: 2, optimizer: lazy }), ProblemError, "lazy");
  const many: Optimizer = {
    kind: "many",
    update: (_, trained) => [...trained, ...trained].map(({ value }) => value),
  };
  for (const optimizer of [many, clip(1, many), groups([{ role: "bias" }], many)]) {
    assertThrows(() => trainingStep(planned, { batch: 2, optimizer }), ProblemError, "many gives");
  }
  const wrong = eachParameter({ kind: "wrong", update: ({ graph }) => graph.constant(0, [7]) });
  assertThrows(() => trainingStep(planned, { batch: 2, optimizer: wrong }), ProblemError, "wrong");
});

const groupNames = (optimizer: AnyOptimizer, of = planned) =>
  trainingStep(of, { batch: 2, optimizer }).state.map(({ name }) => name);

Deno.test("groups() refuses a group without parameters, unless it is told that there may be none", () => {
  const cases = [
    groups([{ path: "dens1", rate: 0 }], sgd()),
    groups([{ path: "dense", rate: 0 }], sgd()),
    groups([{ path: "dense1" }, { path: "dense1.kernel", rate: 0 }], sgd()),
    groups([{ path: "" }, { role: "bias", rate: 0 }], sgd()),
    muon({ others: groups([{ role: "kernel", rate: 0 }], sgd()) }),
  ];
  for (const optimizer of cases) {
    const error = assertThrows(() => groupNames(optimizer), ProblemError);
    assertEquals(error.problems[0]?.code, "group-without-parameters");
  }
  groupNames(groups([{ path: "head", rate: 0, optional: true }], sgd()));
  const frozen = orThrow(freeze(chain(conv(3), flatten(), dense(3)), "conv1"));
  groupNames(groups([{ path: "conv1", rate: 0.1 }], sgd()), orThrow(plan(frozen, [3, 3, 2])));
});

Deno.test("the empty path of a group is the whole network; its schedule may be a name", () => {
  const names = groupNames(groups([{ path: "", optimizer: lion(), schedule: "cosine" }], sgd()));
  assert(names.includes("@lion.m/dense1.bias") && !names.includes("@momentum/dense1.bias"));
});

Deno.test("ema() refuses an optimiser that has an average already, however deep", () => {
  const cases = [
    { kind: "ema", keep: 0.9, of: ema(0.5, sgd()) },
    { kind: "ema", keep: 0.9, of: clip(1, ema(0.5, sgd())) },
    { kind: "ema", keep: 0.9, of: groups([{ role: "bias", optimizer: ema(0.5, sgd()) }], sgd()) },
    { kind: "ema", keep: 0.9, of: muon({ others: ema(0.5, sgd()) }) },
  ];
  for (const given of cases) {
    const read = optimizerOf(given);
    assertEquals(read._tag === "Left" ? read.left[0]?.code : "", "averaged-twice");
  }
});

Deno.test("optimizerOf() refuses one that holds itself", () => {
  const round: { kind: string; norm: number; of?: unknown } = { kind: "clip", norm: 1 };
  round.of = round;
  const read = optimizerOf(round);
  assertEquals(read._tag === "Left" ? read.left[0]?.code : "", "too-deep");
});

Deno.test("an optimiser may be an instance of a class, also inside others", () => {
  class Own implements Optimizer {
    readonly kind = "own";
    readonly #by = 0.5;
    update({ graph }: OptimizerStep, trained: readonly Trained[]): readonly number[] {
      return trained.map(({ gradient }) => graph.apply({ op: "scale", by: this.#by }, [gradient]));
    }
    weights(state: Tensors): Tensors {
      return new Map([...state].slice(0, Math.round(this.#by * 2)));
    }
  }
  for (const optimizer of [new Own(), clip(1, new Own()), groups([{ role: "bias" }], new Own())]) {
    groupNames(optimizer);
    const { weights } = orThrow(optimizerOf(optimizer));
    assertEquals(weights?.(initialParameters(planned, 0)).size, 1);
  }
  assertEquals(recordOf(new Own()), { kind: "own" });
});
