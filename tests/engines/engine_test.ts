/** How the engine behaves, on every backend. */
import { ProblemError } from "../../dsl/problem/throw.ts";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import type { DeviceState, Engine } from "../../dsl/engines/engine.ts";
import { GraphBuilder } from "../../dsl/graph/builder.ts";
import type { Graph } from "../../dsl/graph/graph.ts";
import { runReference } from "../_reference.ts";
import { BACKENDS, testBackends } from "./_backends.ts";
import { random } from "./_case.ts";
import { readAll, relativeError, TOLERANCE } from "./_compare.ts";

const inputs = { x: random(2 * 6 * 6 * 3, "x"), lr: Float32Array.of(0.1) };
const numbers = {
  kernel: random(3 * 3 * 3 * 4, "kernel"),
  velocity: new Float32Array(3 * 3 * 3 * 4),
  fixed: random(4, "fixed").map(Math.abs),
};

/** A step of descent on a convolution's outputs; `fixed` is only read. */
function training(): Graph {
  const builder = new GraphBuilder();
  const geometry = {
    stride: [1, 1],
    padding: [1, 1, 1, 1],
    dilation: [1, 1],
    groups: 1,
  } as const;
  const x = builder.input("x", [2, 6, 6, 3]);
  const lr = builder.input("lr", []);
  const kernel = builder.state("kernel", [3, 3, 3, 4]);
  const velocity = builder.state("velocity", [3, 3, 3, 4]);
  const fixed = builder.state("fixed", [4]);
  const scale = builder.apply({ op: "rsqrt", epsilon: 0.5 }, [fixed]);
  const half = builder.apply({ op: "scale", by: 0.5 }, [scale]);
  const y = builder.apply({ op: "conv2d", activation: "none", ...geometry }, [x, kernel]);
  const dy = builder.apply({ op: "multiply" }, [y, half]);
  const gradient = builder.apply(
    { op: "conv2dFilterGrad", kernelShape: [3, 3, 3, 4], ...geometry },
    [x, dy],
  );
  const [w, v] = builder.emit(
    { op: "sgd", momentum: 0.9, nesterov: true, weightDecay: 1e-4 },
    [kernel, builder.apply({ op: "scale", by: 1e-3 }, [gradient]), velocity, lr],
  );
  builder.update("kernel", w);
  builder.update("velocity", v);
  const sum = builder.apply({ op: "sum", axes: [0, 1, 2] }, [y]);
  return builder.finish("training", [{ name: "sum", value: sum }, { name: "y", value: y }]);
}

function start(engine: Engine): DeviceState {
  return engine.upload(
    new Map([
      ["kernel", { shape: [3, 3, 3, 4], data: numbers.kernel }],
      ["velocity", { shape: [3, 3, 3, 4], data: numbers.velocity }],
      ["fixed", { shape: [4], data: numbers.fixed }],
    ]),
  );
}

testBackends("program.run() carries state from run to run", async (engine) => {
  const program = engine.load(training());
  let state = start(engine);
  let wanted: Readonly<Record<string, Float64Array | Float32Array>> = numbers;
  for (let i = 0; i < 3; i++) {
    const right = runReference(program.graph, wanted, inputs);
    const result = program.run(state, inputs);
    engine.free(state);
    const got = await readAll(result);
    assert(relativeError(got.sum ?? [], right.outputs.sum ?? []) < TOLERANCE);
    state = result.state;
    wanted = right.state;
  }
  const after = await engine.download(state);
  assertEquals([...after.keys()], ["kernel", "velocity", "fixed"]);
  assertEquals(after.get("kernel")?.shape, [3, 3, 3, 4]);
  for (const [name, { data }] of after) {
    assert(relativeError(data, wanted[name] ?? []) < TOLERANCE);
  }
  engine.free(state);
  program.dispose();
});

testBackends("program.run() leaves as many tensors as it found", async (engine) => {
  const before = engine.liveTensors();
  const program = engine.load(training());
  let state = start(engine);
  const counts: number[] = [];
  for (let i = 0; i < 5; i++) {
    const result = program.run(state, inputs);
    engine.free(state);
    state = result.state;
    // The outputs are read, read in part, or not at all.
    if (i % 3 === 0) await readAll(result);
    if (i % 3 === 1) await result.outputs.sum?.();
    counts.push(engine.liveTensors());
  }
  const both = counts[0] ?? NaN;
  assertEquals(counts, [both, both + 1, both + 2, both, both + 1]);
  engine.free(state);
  program.dispose();
  assertEquals(engine.liveTensors(), before);
});

testBackends("program.run() shares what it leaves unchanged", async (engine) => {
  const program = engine.load(training());
  const first = start(engine);
  const second = program.run(first, inputs).state;
  const third = program.run(second, inputs).state;
  engine.free(first);
  engine.free(second);
  const { data } = (await engine.download(third)).get("fixed") ?? { data: [] };
  assertEquals([...data], [...numbers.fixed]);
  const withThird = engine.liveTensors();
  engine.free(third);
  // Its three tensors, and what the engine may have kept that was computed of the unchanged one.
  assert([3, 4].includes(withThird - engine.liveTensors()));
  program.dispose();
});

/** A program whose every node but the last depends on the state alone. */
function inference(): Graph {
  const builder = new GraphBuilder();
  const gamma = builder.state("gamma", [3]);
  const variance = builder.state("variance", [3]);
  const x = builder.input("x", [2, 3]);
  const inverse = builder.apply({ op: "rsqrt", epsilon: 0.25 }, [variance]);
  const scale = builder.apply({ op: "multiply" }, [gamma, inverse]);
  const y = builder.apply({ op: "multiply" }, [x, scale]);
  return builder.finish("inference", [
    { name: "y", value: y },
    { name: "scale", value: scale },
    { name: "gamma", value: gamma },
  ]);
}

function weights(engine: Engine, gamma: number): DeviceState {
  return engine.upload(
    new Map([
      ["gamma", { shape: [3], data: Float32Array.of(gamma, gamma, gamma) }],
      ["variance", { shape: [3], data: Float32Array.of(0.75, 0.75, 0.75) }],
    ]),
  );
}

testBackends("program.run() keeps what depends on the state alone", async (engine) => {
  const program = engine.load(inference());
  const before = engine.liveTensors();
  const [two, five] = [weights(engine, 2), weights(engine, 5)];
  const x = Float32Array.of(1, 2, 3, 4, 5, 6);
  const read = async (state: DeviceState): Promise<readonly number[]> => {
    const result = program.run(state, { x });
    engine.free(result.state);
    const { y, scale, gamma } = await readAll(result);
    assertAlmostEquals(scale?.[0] ?? NaN, gamma?.[0] ?? NaN, 1e-5);
    return [...y ?? []].map((value) => Math.round(value * 1e4) / 1e4);
  };
  assertEquals(await read(two), [2, 4, 6, 8, 10, 12]);
  const kept = engine.liveTensors();
  // Two states of two tensors, the scale, and what the program keeps for itself.
  assert(kept >= before + 5);
  assertEquals(await read(two), [2, 4, 6, 8, 10, 12]);
  assertEquals(await read(five), [5, 10, 15, 20, 25, 30]);
  assertEquals(engine.liveTensors(), kept);
  assertEquals(await read(two), [2, 4, 6, 8, 10, 12]);
  engine.free(two);
  assertEquals(engine.liveTensors(), kept - 3);
  assertEquals(await read(five), [5, 10, 15, 20, 25, 30]);
  program.dispose();
  assertEquals(engine.liveTensors(), before + 2);
  engine.free(five);
});

testBackends("outputs read the same numbers twice", async (engine) => {
  const program = engine.load(inference());
  const state = weights(engine, 2);
  const result = program.run(state, { x: new Float32Array(6) });
  const [first, second] = await Promise.all([result.outputs.gamma?.(), result.outputs.gamma?.()]);
  assertEquals([...first ?? []], [2, 2, 2]);
  assertEquals(first, second);
  const pending = result.outputs.scale?.();
  engine.free(result.state);
  const later = program.run(state, { x: new Float32Array(6) });
  assertAlmostEquals((await pending)?.[0] ?? NaN, 2, 1e-5);
  await assertRejects(() => result.outputs.y?.() ?? Promise.resolve(), Error, 'Output "y" is gone');
  engine.free(later.state);
  engine.free(state);
  program.dispose();
});

testBackends("program.run() does not see later changes of its inputs", async (engine) => {
  const builder = new GraphBuilder();
  const x = builder.input("x", [2]);
  const program = engine.load(builder.finish("echo", [{ name: "x", value: x }]));
  const state = engine.upload(new Map());
  const data = Float32Array.of(1, 2);
  const { outputs, state: after } = program.run(state, { x: data });
  data.fill(9);
  assertEquals([...await outputs.x?.() ?? []], [1, 2]);
  engine.free(after);
  engine.free(state);
  program.dispose();
});

testBackends("program.run() rejects what does not fit the graph", (engine) => {
  const program = engine.load(inference());
  const state = weights(engine, 1);
  const live = engine.liveTensors();
  const rejects = (given: Readonly<Record<string, Float32Array>>, text: string): void => {
    const error = assertThrows(() => program.run(state, given), ProblemError);
    assertStringIncludes(error.message, text);
  };
  rejects({}, 'input "x" is missing, wanted 6 of shape [2, 3]');
  rejects({ x: new Float32Array(5) }, 'input "x" has 5 numbers');
  rejects({ x: new Float32Array(7) }, 'input "x" has 7 numbers');
  rejects({ x: new Float32Array(6), z: new Float32Array(1) }, 'no input "z"');
  const partial = engine.upload(
    new Map([["gamma", { shape: [3], data: new Float32Array(3) }]]),
  );
  const wrong = engine.upload(
    new Map([
      ["gamma", { shape: [3], data: new Float32Array(3) }],
      ["variance", { shape: [1, 3], data: new Float32Array(3) }],
    ]),
  );
  const x = new Float32Array(6);
  assertThrows(() => program.run(partial, { x }), ProblemError, 'state "variance" is missing');
  assertThrows(() => program.run(wrong, { x }), ProblemError, "has shape [1, 3], wanted [3]");
  assertThrows(
    () => engine.upload(new Map([["a", { shape: [2], data: new Float32Array(3) }]])),
    ProblemError,
    'Cannot upload "a": it has 3 numbers, wanted 2 of shape [2]',
  );
  engine.free(partial);
  engine.free(wrong);
  assertEquals(engine.liveTensors(), live);
  engine.free(state);
  program.dispose();
  return Promise.resolve();
});

testBackends("a freed state cannot be used", async (engine) => {
  const program = engine.load(inference());
  const state = weights(engine, 1);
  engine.free(state);
  const text = "Cannot use a device state that was freed";
  assertThrows(() => program.run(state, { x: new Float32Array(6) }), ProblemError, text);
  assertThrows(() => engine.free(state), ProblemError, text);
  await assertRejects(() => engine.download(state), ProblemError, text);
  assertThrows(() => engine.free({ names: [] }), ProblemError, "of another engine");
  program.dispose();
  assertThrows(() => program.run(state, {}), ProblemError, "program that was disposed of");
});

testBackends("program.trace() names the first result that is not finite", async (engine) => {
  const builder = new GraphBuilder();
  const x = builder.input("x", [2, 2]);
  builder.at("first");
  const doubled = builder.apply({ op: "scale", by: 2 }, [x]);
  builder.at("stage1.root");
  const root = builder.apply({ op: "rsqrt", epsilon: 0 }, [doubled]);
  builder.at("later");
  const y = builder.apply({ op: "scale", by: 2 }, [root]);
  const program = engine.load(builder.finish("roots", [{ name: "y", value: y }]));
  const state = engine.upload(new Map());
  const live = engine.liveTensors();
  assertEquals(await program.trace(state, { x: Float32Array.of(1, 2, 3, 4) }), undefined);
  const kept = engine.liveTensors();
  assertEquals(await program.trace(state, { x: Float32Array.of(1, 2, 0, 4) }), {
    op: "rsqrt",
    origin: "stage1.root",
    shape: [2, 2],
  });
  assertEquals(engine.liveTensors(), kept);
  program.dispose();
  assertEquals(engine.liveTensors(), live);
  engine.free(state);
});

Deno.test("engines of several backends work in turn", async () => {
  const engines = BACKENDS.flatMap(({ engine }) => typeof engine === "string" ? [] : [engine]);
  const graph = training();
  const parts = engines.map((engine) => ({
    engine,
    program: engine.load(graph),
    state: start(engine),
  }));
  const first = runReference(graph, numbers, inputs);
  const second = runReference(graph, first.state, inputs);
  for (const { outputs: wanted } of [first, second]) {
    const results = parts.map((part) => {
      const result = part.program.run(part.state, inputs);
      part.engine.free(part.state);
      part.state = result.state;
      return result;
    });
    for (const got of await Promise.all(results.map(readAll))) {
      assert(relativeError(got.sum ?? [], wanted.sum ?? []) < TOLERANCE);
    }
  }
  for (const { engine, program, state } of parts) {
    engine.free(state);
    program.dispose();
  }
});
