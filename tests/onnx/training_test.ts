/** An exported training step, run after run in ONNX Runtime, does what netfold's own engine does. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { chain, initialState, named, orThrow, plan, residual, trainingStep } from "../../mod.ts";
import {
  batchNorm,
  conv,
  dense,
  dropout,
  globalAveragePool,
  maxPool,
  relu,
} from "../../layers/mod.ts";
import { drawMask } from "../../dsl/engines/dropout_mask.ts";
import { trainingStepToOnnx } from "../../dsl/engines/onnx/mod.ts";
import { tfjsEngine } from "../../dsl/engines/tfjs/mod.ts";
import type { OptimizerOptions } from "../../mod.ts";
import { readModel } from "./_read_model.ts";
import { imagesFor, lively, open, testOnnx } from "./_runs.ts";

const net = chain(
  named("stem", conv(4, { kernel: 3 })),
  batchNorm(),
  relu(),
  residual(chain(conv("same", { kernel: 3 }), batchNorm(), relu())),
  maxPool(2),
  globalAveragePool(),
  dropout(0.5),
  dense(3),
);
const planned = orThrow(plan(net, [8, 6, 3]));
const batch = 4;
const targets = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0);
const optimizers: readonly OptimizerOptions[] = [{ kind: "sgd" }, { kind: "adamw" }];

for (const optimizer of optimizers) {
  testOnnx(
    `three steps of an exported training step with ${optimizer.kind} are netfold's`,
    async () => {
      const options = { batch, optimizer, labelSmoothing: 0.1 };
      const graph = trainingStep(planned, options);
      const start = initialState(graph, lively(planned));
      const bytes = trainingStepToOnnx(planned, options);
      const engine = orThrow(await tfjsEngine({ backend: "cpu" }));
      await using file = await open(bytes);
      const program = engine.load(graph);
      let ours = engine.upload(start);
      let theirs = start;
      const { nhwc, nchw } = imagesFor(planned, batch);
      const inputs = new Set(readModel(bytes).inputs.map(({ name }) => name));
      const mask = graph.nodes.map(({ op }) => op).find((op) => op.op === "dropoutMask");
      if (mask === undefined) throw new TypeError("the step draws no mask");
      for (const seed of [1, 2, 3]) {
        const rate = Float32Array.of(0.05 / seed);
        const own = { images: nhwc, targets, rate, seed: Float32Array.of(seed) };
        const { outputs, state } = program.run(ours, own);
        engine.free(ours);
        ours = state;
        const answers = await file.run({
          images: { shape: [batch, 3, 8, 6], data: nchw },
          targets: { shape: [batch, 3], data: targets },
          rate: { shape: [], data: rate },
          "dropout1/mask": { shape: mask.shape, data: drawMask(mask, own.seed) },
          ...Object.fromEntries([...theirs].filter(([name]) => inputs.has(name))),
        });
        const loss = await outputs.loss?.();
        assertAlmostEquals(answers.get("loss")?.[0] ?? NaN, loss?.[0] ?? NaN, 1e-5);
        theirs = new Map(
          [...theirs].map((
            [name, { shape, data }],
          ) => [name, { shape, data: answers.get(`${name}.after`) ?? data }]),
        );
      }
      const after = await engine.download(ours);
      assertEquals([...after.keys()].toSorted(), [...theirs.keys()].toSorted());
      for (const [name, { data }] of after) {
        const got = theirs.get(name)?.data;
        const before = start.get(name)?.data;
        assert(data.some((x, i) => x !== before?.[i]), `${name} has changed`);
        data.forEach((x, i) => assertAlmostEquals(got?.[i] ?? NaN, x, 1e-4, name));
      }
      engine.free(ours);
      engine.dispose();
    },
  );
}
