/**
 * Whole networks on our engines against TensorFlow.js's own operations and its
 * tape, on the cpu backend. Our gradients are read off the momentum that one
 * step leaves when there was none before. Inference is held against the same
 * network with every batch norm folded by hand.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  arl,
  basic,
  chain,
  channel,
  type Engine,
  fork,
  hourglass,
  inference,
  initialParameters,
  initialState,
  leaves,
  mask,
  matchSize,
  type Net,
  orThrow,
  type Plan,
  plan,
  preactivation,
  repeat,
  residual,
  type Shape,
  spatial,
  stage,
  type Tensors,
  trainingStep,
} from "../../mod.ts";
import { normals, seedKey, split } from "../../dsl/random.ts";
import {
  averagePool,
  batchNorm,
  conv,
  dense,
  flatten,
  globalAveragePool,
  l2Normalize,
  maxPool,
  relu,
  resize,
  sigmoid,
  softmax,
} from "../../layers/mod.ts";
import { residualAttention } from "../../nets/mod.ts";
import { tfForward, type TfParameters } from "../_tfjs_forward.ts";
import { testBackends } from "./_backends.ts";

const BATCH = 4;
const CLASSES = 5;
const SMOOTHING = 0.1;

/** The largest error of a gradient relative to its largest entry: of sums in float32, hundreds of operations deep. */
const TOLERANCE = 1e-4;

/** Below this share of the network's largest gradient, a gradient is rounding only. */
const FLOOR = 1e-3;

const plain = chain(
  conv(6, { kernel: 3, bias: true }),
  relu(),
  conv(8, { kernel: 3, padding: 1, stride: 2 }),
  batchNorm(),
  relu(),
  maxPool(2),
  conv(6, { kernel: [1, 2], padding: "same", bias: true }),
  sigmoid(),
  flatten(),
  dense(7, { bias: false }),
  batchNorm({ scale: false }),
  relu(),
  dense(CLASSES),
);

const merges = chain(
  conv(4, { kernel: 3, padding: 1 }),
  residual(chain(batchNorm(), relu(), conv("same", { kernel: 3, padding: 1 }))),
  fork("concat", averagePool(3, { stride: 1, padding: 1 }), conv(2)),
  fork("multiply", conv("same"), sigmoid()),
  fork("add", averagePool(2), maxPool(2, { ceil: true }), conv("same", { kernel: 2, stride: 2 })),
  matchSize(chain(maxPool(3, { stride: 2, padding: 1 }), conv("same"))),
  fork("attend", conv(4), chain(conv(4), l2Normalize())),
  fork("gate", conv("same"), chain(batchNorm(), softmax())),
  resize([3, 5]),
  globalAveragePool(),
  dense(CLASSES),
);

/** A network around one attention module. */
const around = (module: Net): Net =>
  chain(
    conv(8, { kernel: 3, padding: 1 }),
    module,
    preactivation({ width: 12, stride: 2, bottleneck: 2 }),
    batchNorm(),
    relu(),
    globalAveragePool(),
    dense(CLASSES),
  );

const unit = preactivation({ bottleneck: 2 });

const family = residualAttention({
  input: [16, 16, 3],
  classes: CLASSES,
  widths: [4, 8],
  stem: 4,
  tail: 1,
});

interface Sample {
  readonly name: string;
  readonly plan: Plan;
}

const sample = (name: string, net: Net, input: Shape): Sample => ({
  name,
  plan: orThrow(plan(net, input)),
});

/** Maps are square: of others the library's gradient of resizing mistakes height for width. */
const SAMPLES: readonly Sample[] = [
  sample("a plain network", plain, [9, 9, 3]),
  sample("every merge and pooling", merges, [8, 8, 3]),
  sample("mixed attention", around(stage(1, 1, 1, { depth: 2, unit })), [8, 8, 3]),
  sample(
    "channel attention",
    around(stage(0, 1, 1, { depth: 1, unit: basic(), activation: channel })),
    [8, 8, 3],
  ),
  sample(
    "naive spatial attention",
    around(stage(0, 1, 1, { depth: 1, unit, activation: spatial, learning: "nal" })),
    [7, 7, 3],
  ),
  sample("a local mask", around(stage(0, 1, 1, { unit, mask: "local" })), [8, 8, 3]),
  sample(
    "a mask on a trunk of convolutions",
    around(arl(repeat(2, conv("same")), mask(hourglass({ depth: 1, unit: basic() })))),
    [8, 8, 3],
  ),
  sample("a narrow attention network", family, [16, 16, 3]),
];

const draws = (label: string, count: number): Float32Array =>
  normals(split(seedKey(3), label), count);

const elements = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

/** Parameters as after some training: no gamma is 1, no beta 0, no running statistic at its start. */
function trained(plan: Plan): Tensors {
  return new Map(
    [...initialParameters(plan, 1)].map(([name, { shape, data }]) => {
      const noise = draws(name, data.length);
      const moved = /(gamma|beta|bias|mean)$/.test(name)
        ? data.map((x, i) => x + 0.3 * (noise[i] ?? 0))
        : name.endsWith("variance")
        ? data.map((x, i) => 0.5 * x + (noise[i] ?? 0) ** 2)
        : data;
      return [name, { shape, data: moved }] as const;
    }),
  );
}

const imagesOf = ({ input }: Plan): Float32Array => draws("images", BATCH * elements(input));

const targets = Float32Array.from({ length: BATCH * CLASSES }, (_, i) => {
  const image = Math.floor(i / CLASSES);
  return i % CLASSES === image ** 2 % CLASSES ? 1 : 0;
});

function tensorsOf(parameters: Tensors): TfParameters {
  return new Map(
    [...parameters].map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape])]),
  );
}

interface Slopes {
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

/** Loss and gradients on the tape of TensorFlow.js. */
async function tapeSlopes(plan: Plan, parameters: Tensors): Promise<Slopes> {
  await tf.setBackend("cpu");
  tf.engine().startScope();
  try {
    const all = tensorsOf(parameters);
    const names = [...all.keys()].filter((name) => !/\.(mean|variance)$/.test(name));
    const x = tf.tensor(imagesOf(plan), [BATCH, ...plan.input]);
    const y = tf.tensor2d(targets, [BATCH, CLASSES]);
    const lossOf = (...values: tf.Tensor[]): tf.Tensor => {
      const given = new Map([...all, ...names.map((name, i) => [name, values[i]] as const)]);
      const logits = tfForward(plan, given as TfParameters, x);
      return tf.losses.softmaxCrossEntropy(y, logits, undefined, SMOOTHING);
    };
    const values = names.map((name) => all.get(name) as tf.Tensor);
    const { value, grads } = tf.valueAndGrads(lossOf)(values);
    return {
      loss: value.dataSync()[0] ?? NaN,
      gradients: new Map(
        names.map((name, i) => [name, Float32Array.from(grads[i]?.dataSync() ?? [])]),
      ),
    };
  } finally {
    tf.engine().endScope();
  }
}

/** Loss and gradients of our training step. */
async function ourSlopes(engine: Engine, plan: Plan, parameters: Tensors): Promise<Slopes> {
  const optimizer = { kind: "sgd", momentum: 0.9, nesterov: true, weightDecay: 0 } as const;
  const graph = trainingStep(plan, { batch: BATCH, optimizer, labelSmoothing: SMOOTHING });
  const program = engine.load(graph);
  const before = engine.upload(initialState(graph, parameters));
  const inputs = { images: imagesOf(plan), targets, rate: Float32Array.of(0.1) };
  const { outputs, state } = program.run(before, inputs);
  const [loss = NaN] = await outputs["loss"]?.() ?? [];
  const after = await engine.download(state);
  for (const held of [before, state]) engine.free(held);
  program.dispose();
  const slots = [...after].filter(([name]) => name.startsWith("@momentum/"));
  const gradients = slots.map(([name, { data }]) =>
    [name.slice("@momentum/".length), data] as const
  );
  return { loss, gradients: new Map(gradients) };
}

const largest = (numbers: Float32Array): number =>
  numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

/** How far apart two tensors are, relative to the larger of `wanted`'s greatest entry and `least`. */
function distance(got: Float32Array | undefined, wanted: Float32Array, least: number): number {
  if (got?.length !== wanted.length) return Infinity;
  const differences = wanted.map((x, i) => x - (got[i] ?? NaN));
  const worst = differences.every(Number.isFinite) ? largest(differences) : Infinity;
  return worst / Math.max(largest(wanted), least);
}

testBackends("loss and every gradient of whole networks are the tape's", async (engine, test) => {
  for (const { name, plan } of SAMPLES) {
    await test.step(name, async () => {
      const parameters = trained(plan);
      const wanted = await tapeSlopes(plan, parameters);
      const got = await ourSlopes(engine, plan, parameters);
      assertAlmostEquals(got.loss, wanted.loss, 1e-5 * wanted.loss);
      assertEquals([...got.gradients.keys()].sort(), [...wanted.gradients.keys()].sort());
      const least = FLOOR * Math.max(...[...wanted.gradients.values()].map(largest));
      const [worst] = [...wanted.gradients]
        .map(([path, slope]) => ({ path, error: distance(got.gradients.get(path), slope, least) }))
        .sort((a, b) => b.error - a.error);
      const error = worst?.error ?? Infinity;
      assert(error < TOLERANCE, `worst is ${worst?.path}: relative error ${error}`);
    });
  }
});

/** A plan in which every batch norm is a 1x1 convolution or a dense layer, and its parameters. */
function foldedByHand(plan: Plan, parameters: Tensors): readonly [Plan, Tensors] {
  const folded = new Map(parameters);
  const visit = (part: Plan): Plan => {
    switch (part.kind) {
      case "chain":
        return { ...part, parts: part.parts.map(visit) };
      case "named":
        return { ...part, body: visit(part.body) };
      case "fork":
        return { ...part, branches: part.branches.map(visit) };
      case "layer": {
        const { layer, path, input } = part;
        if (layer.type !== "batch_norm") return part;
        const width = input.at(-1) ?? 0;
        const value = (name: string, i: number, otherwise: number): number =>
          parameters.get(`${path}.${name}`)?.data[i] ?? otherwise;
        const scales = Float64Array.from(
          { length: width },
          (_, i) => value("gamma", i, 1) / Math.sqrt(value("variance", i, NaN) + layer.epsilon),
        );
        const kernel = new Float32Array(width * width);
        scales.forEach((scale, i) => kernel[i * width + i] = scale);
        const bias = Float32Array.from(
          scales,
          (scale, i) => value("beta", i, 0) - value("mean", i, NaN) * scale,
        );
        const map = input.length === 3;
        const net = map ? conv(width, { bias: true }) : dense(width, { bias: true });
        if (net.kind !== "layer") throw new TypeError("A convolution is a layer");
        const shape = map ? [1, 1, width, width] : [width, width];
        folded.set(`${path}.kernel`, { shape, data: kernel });
        folded.set(`${path}.bias`, { shape: [width], data: bias });
        return { ...part, layer: net.layer };
      }
    }
  };
  return [visit(plan), folded];
}

testBackends("inference is the network with batch norms folded by hand", async (engine, test) => {
  for (const { name, plan } of SAMPLES) {
    await test.step(name, async () => {
      const parameters = trained(plan);
      await tf.setBackend("cpu");
      const wanted = tf.tidy(() => {
        const [folded, values] = foldedByHand(plan, parameters);
        const x = tf.tensor(imagesOf(plan), [BATCH, ...plan.input]);
        return Float32Array.from(tfForward(folded, tensorsOf(values), x).dataSync());
      });
      const program = engine.load(inference(plan, BATCH));
      const state = engine.upload(parameters);
      const { outputs } = program.run(state, { images: imagesOf(plan) });
      const got = await outputs["logits"]?.();
      engine.free(state);
      program.dispose();
      const error = distance(got, wanted, 1e-2);
      assert(error < 1e-4, `relative error ${error}`);
    });
  }
});

Deno.test("planned shapes are those that TensorFlow.js's operations give", async () => {
  await tf.setBackend("cpu");
  for (const { name, plan } of SAMPLES) {
    const parameters = tensorsOf(initialParameters(plan, 0));
    for (const leaf of leaves(plan)) {
      tf.tidy(() => {
        const output = tfForward(leaf, parameters, tf.ones([2, ...leaf.input]));
        assertEquals(output.shape, [2, ...leaf.output], `${name}: ${leaf.path}`);
      });
    }
  }
});
