/** The memory of a run, held against arithmetic and against an engine that runs. */
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import {
  chain,
  type Graph,
  inference,
  initialParameters,
  initialState,
  memoryUse,
  orThrow,
  plan,
  trainingStep,
} from "../../mod.ts";
import { engineOn } from "../../dsl/engines/tfjs/_session.ts";
import { readyBackend } from "../../dsl/engines/tfjs/backends.ts";
import type { Expansions } from "../../dsl/engines/tfjs/expansion.ts";
import { expansionsFor } from "../../dsl/engines/tfjs/expansions.ts";
import { GraphBuilder } from "../../dsl/graph/builder.ts";
import { conv, dense, flatten, globalAveragePool, relu } from "../../layers/mod.ts";
import { network } from "../../nets/zoo.ts";

const SGD = { kind: "sgd" } as const;

/** A program of operations on one input of `size` numbers. */
function program(size: number, build: (graph: GraphBuilder, x: number) => number): Graph {
  const graph = new GraphBuilder();
  const x = graph.input("x", [size]);
  return graph.finish("program", [{ name: "y", value: build(graph, x) }]);
}

Deno.test("memoryUse() counts what lives at the same time, and no more", () => {
  const chained = program(100, (graph, x) => {
    const a = graph.apply({ op: "relu" }, [x]);
    const b = graph.apply({ op: "sigmoid" }, [a]);
    return graph.apply({ op: "scale", by: 2 }, [b]);
  });
  assertEquals(memoryUse(chained), {
    state: 0,
    inputs: 400,
    peak: 800,
    at: { op: "relu", origin: "" },
  });
  const kept = program(100, (graph, x) => {
    const a = graph.apply({ op: "relu" }, [x]);
    const b = graph.apply({ op: "sigmoid" }, [a]);
    return graph.apply({ op: "add" }, [a, b]);
  });
  assertEquals(memoryUse(kept).peak, 1200);
});

Deno.test("memoryUse() takes a reshaped value for a view", () => {
  const reshaped = program(100, (graph, x) => {
    const a = graph.apply({ op: "relu" }, [x]);
    const b = graph.apply({ op: "reshape", shape: [10, 10] }, [a]);
    const c = graph.apply({ op: "reshape", shape: [100] }, [b]);
    return graph.apply({ op: "sigmoid" }, [c]);
  });
  assertEquals(memoryUse(reshaped).peak, 800);
});

Deno.test("memoryUse() counts state once for reading and once more for its next value", () => {
  const planned = orThrow(plan(chain(flatten(), dense(10, { bias: false })), [4, 4, 4]));
  const step = trainingStep(planned, { batch: 1, optimizer: { ...SGD, weightDecay: 0 } });
  const { state, inputs, peak } = memoryUse(step);
  assertEquals(state, 4 * 2 * 640);
  assertEquals(inputs, 4 * (64 + 10 + 1));
  assert(peak >= 2 * state, `${peak} of ${state}`);
});

Deno.test("memoryUse() of training grows with the batch, its state does not", () => {
  const planned = orThrow(
    plan(chain(conv(8, { kernel: 3 }), relu(), globalAveragePool(), dense(10)), [16, 16, 3]),
  );
  const use = (batch: number) => memoryUse(trainingStep(planned, { batch, optimizer: SGD }));
  const [one, two, four] = [use(1), use(2), use(4)];
  assertEquals([two.state, four.state], [one.state, one.state]);
  assertEquals(four.peak - two.peak, 2 * (two.peak - one.peak));
});

/** The expansions of wasm, each of which tells what the library holds once it is done. */
function watched(tell: (bytes: number) => void): Expansions {
  const entries = Object.entries(expansionsFor("wasm")).map(([name, expand]) => [
    name,
    (...args: readonly never[]) => {
      const results = (expand as (...args: readonly never[]) => unknown)(...args);
      tell(tf.memory().numBytes);
      return results;
    },
  ]);
  // `fromEntries` forgets which keys there are.
  return Object.fromEntries(entries) as Expansions;
}

Deno.test("memoryUse() is what the engine allocates, to a few parts of a hundred", async () => {
  let most = 0;
  const expansions = watched((bytes) => most = Math.max(most, bytes));
  const engine = engineOn(orThrow(await readyBackend("wasm")), { expansions });
  try {
    const { net, input } = orThrow(network("cifar/attention-20"));
    const planned = orThrow(plan(net, input));
    const parameters = initialParameters(planned, 0);
    for (
      const graph of [inference(planned, 1), trainingStep(planned, { batch: 1, optimizer: SGD })]
    ) {
      const { state, peak } = memoryUse(graph);
      const run = engine.load(graph);
      const current = engine.upload(initialState(graph, parameters));
      const inputs = Object.fromEntries(graph.inputs.map(({ name, value }) => {
        const size = (graph.shapes[value] ?? []).reduce((a, b) => a * b, 1);
        return [name, new Float32Array(size).fill(0.1)];
      }));
      const held = tf.memory().numBytes;
      most = held;
      engine.free(run.run(current, inputs).state);
      const measured = most - held;
      const ratio = (peak - state) / measured;
      assert(ratio > 0.95 && ratio < 1.05, `${graph.name}: ${peak - state} for ${measured}`);
      engine.free(current);
      run.dispose();
    }
  } finally {
    engine.dispose();
  }
});
