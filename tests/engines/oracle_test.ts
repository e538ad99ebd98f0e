/**
 * Whole networks on our engines against TensorFlow.js's own operations and its
 * tape, on the cpu backend. Inference is held against the same network with every
 * batch norm folded by hand.
 */
import { own } from "../_own.ts";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  type HostTensor,
  inference,
  initialParameters,
  leaves,
  type Plan,
  type Tensors,
} from "../../mod.ts";
import { conv, dense } from "../../layers/mod.ts";
import { firstStep, SMOOTHING, type StepData, stepData } from "../_first_step.ts";
import { SAMPLES } from "../_samples.ts";
import { tfForward, type TfParameters } from "../_tfjs_forward.ts";
import { testBackends } from "./_backends.ts";

const BATCH = 4;

/** The largest error of a gradient relative to its largest entry: of sums in float32, hundreds of operations deep. */
const TOLERANCE = 1e-4;

/** Below this share of the network's largest gradient, a gradient is rounding only. */
const FLOOR = 1e-3;

function tensorsOf(parameters: Tensors): TfParameters {
  return new Map(
    [...parameters].map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape])]),
  );
}

/** The answer for each plan, which is worked out for the first engine that is held against it. */
function once<A>(answer: (plan: Plan) => A): (plan: Plan) => A {
  const known = new Map<Plan, A>();
  return (plan) => {
    const found = known.get(plan) ?? answer(plan);
    known.set(plan, found);
    return found;
  };
}

interface Slopes {
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

/** Loss and gradients on the tape of TensorFlow.js. */
async function tapeSlopes(
  { plan, parameters, images, targets }: StepData,
): Promise<Slopes> {
  await tf.setBackend("cpu");
  tf.engine().startScope();
  try {
    const all = tensorsOf(parameters);
    const names = [...all.keys()].filter((name) => !/\.(mean|variance)$/.test(name));
    const x = tf.tensor(images, [BATCH, ...plan.input]);
    const y = tf.tensor2d(targets, [BATCH, targets.length / BATCH]);
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

const largest = (numbers: Float32Array): number =>
  numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

/** How far apart two tensors are, relative to the larger of `wanted`'s greatest entry and `least`. */
function distance(got: Float32Array | undefined, wanted: Float32Array, least: number): number {
  if (got?.length !== wanted.length) return Infinity;
  const differences = wanted.map((x, i) => x - (got[i] ?? NaN));
  const worst = differences.every(Number.isFinite) ? largest(differences) : Infinity;
  return worst / Math.max(largest(wanted), least);
}

const tapeOf = once((plan) => tapeSlopes(stepData(plan, BATCH)));

testBackends("loss and every gradient of whole networks are the tape's", async (engine, test) => {
  for (const { name, plan } of SAMPLES) {
    await test.step(name, async () => {
      const wanted = await tapeOf(plan);
      const got = await firstStep(engine, stepData(plan, BATCH));
      assertAlmostEquals(got.loss, wanted.loss, 1e-5 * wanted.loss);
      assertEquals([...got.gradients.keys()].sort(), [...wanted.gradients.keys()].sort());
      const least = FLOOR * Math.max(...[...wanted.gradients.values()].map(largest));
      const [worst] = [...wanted.gradients]
        .map(([path, slope]) => ({
          path,
          error: distance(got.gradients.get(path)?.data, slope, least),
        }))
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
        const { path, input } = part;
        const layer = own(part.layer);
        if (layer.type === "coordinate_mask") foldWithin(part.path, folded);
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

/** Folds the batch norm within a coordinate mask into the convolution before it, and takes it away. */
function foldWithin(path: string, tensors: Map<string, HostTensor>): void {
  const data = (name: string) => tensors.get(`${path}.${name}`)?.data ?? new Float32Array();
  const [gamma, beta, mean] = [data("bn1.gamma"), data("bn1.beta"), data("bn1.mean")];
  const scales = data("bn1.variance").map((x, i) => (gamma[i] ?? NaN) / Math.sqrt(x + 1e-5));
  const set = (name: string, change: (x: number, i: number) => number): void => {
    const { shape = [] } = tensors.get(`${path}.${name}`) ?? {};
    tensors.set(`${path}.${name}`, { shape, data: data(name).map(change) });
  };
  set("conv1.kernel", (x, i) => x * (scales[i % scales.length] ?? NaN));
  set("conv1.bias", (x, i) => (x - (mean[i] ?? NaN)) * (scales[i] ?? NaN) + (beta[i] ?? NaN));
  tensors.delete(`${path}.bn1.gamma`);
}

const foldedOf = once(async (plan) => {
  const { parameters, images } = stepData(plan, BATCH);
  await tf.setBackend("cpu");
  return tf.tidy(() => {
    const [folded, values] = foldedByHand(plan, parameters);
    const x = tf.tensor(images, [BATCH, ...plan.input]);
    return Float32Array.from(tfForward(folded, tensorsOf(values), x).dataSync());
  });
});

testBackends("inference is the network with batch norms folded by hand", async (engine, test) => {
  for (const { name, plan } of SAMPLES) {
    await test.step(name, async () => {
      const { parameters, images } = stepData(plan, BATCH);
      const wanted = await foldedOf(plan);
      const program = engine.load(inference(plan, BATCH));
      const state = engine.upload(parameters);
      const { outputs } = program.run(state, { images });
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
