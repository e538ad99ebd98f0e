/**
 * Our gradient operations against TensorFlow.js's own automatic
 * differentiation, an independent oracle, where the library is right; the
 * library computes on its cpu backend.
 */
import { assert } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  abs,
  add,
  broadcast,
  divide,
  erf,
  exp,
  log,
  max,
  maximum,
  minimum,
  multiply,
  relu,
  shift,
  sigmoid,
  sqrt,
  square,
  subtract,
  sum,
  tanh,
} from "../../dsl/graph/arithmetic.ts";
import { GraphBuilder } from "../../dsl/graph/builder.ts";
import type { ValueId } from "../../dsl/graph/graph.ts";
import type { TensorShape } from "../../dsl/graph/op.ts";
import {
  clamp,
  gelu,
  logSoftmax,
  logSumExp,
  norm,
  silu,
  softplus,
  variance,
} from "../../dsl/graph/compose.ts";
import { gradients } from "../../dsl/graph/reverse.ts";
import { testBackends } from "./_backends.ts";
import { random } from "./_case.ts";
import { readAll, relativeError, TOLERANCE } from "./_compare.ts";

/** A function, written for both. */
interface Twin {
  readonly name: string;
  /** Shapes of the arguments. */
  readonly shapes: readonly TensorShape[];
  /** The shape of the result. */
  readonly result: TensorShape;
  /** The function in TensorFlow.js. */
  readonly library: (...operands: tf.Tensor[]) => tf.Tensor;
  /** The gradients of the arguments, from the gradient of the result. */
  readonly ours: (
    builder: GraphBuilder,
    operands: readonly ValueId[],
    dy: ValueId,
  ) => readonly ValueId[];
}

const epsilon = 1e-3;
const image = (x: tf.Tensor): tf.Tensor4D => x as tf.Tensor4D;

function convolutionTwin(stride: number, [top, bottom]: readonly [number, number]): Twin {
  const inputShape = [2, 8, 8, 3];
  const kernelShape = [3, 3, 3, 4];
  const geometry = {
    stride: [stride, stride],
    padding: [top, bottom, top, bottom],
    dilation: [1, 1],
    groups: 1,
  } as const;
  const size = Math.floor((8 + top + bottom - 3) / stride) + 1;
  return {
    name: `convolution, stride ${stride}, padding ${top} and ${bottom}`,
    shapes: [inputShape, kernelShape],
    result: [2, size, size, 4],
    library: (x, kernel) =>
      tf.conv2d(image(x), image(kernel), stride, [[0, 0], [top, bottom], [top, bottom], [0, 0]]),
    ours: (builder, [x = 0, kernel = 0], dy) => [
      builder.apply({ op: "conv2dInputGrad", inputShape, ...geometry }, [dy, kernel]),
      builder.apply({ op: "conv2dFilterGrad", kernelShape, ...geometry }, [x, dy]),
    ],
  };
}

function poolTwin(kind: "maxPool" | "averagePool"): Twin {
  const inputShape = [2, 6, 6, 3];
  const geometry = { window: [2, 2], stride: [2, 2], padding: [0, 0, 0, 0] } as const;
  return {
    name: kind,
    shapes: [inputShape],
    result: [2, 3, 3, 3],
    library: (x) =>
      kind === "maxPool"
        ? tf.maxPool(image(x), 2, 2, "valid")
        : tf.avgPool(image(x), 2, 2, "valid"),
    ours: (builder, [x = 0], dy) => {
      if (kind === "averagePool") {
        return [builder.apply({ op: "averagePoolGrad", inputShape, ...geometry }, [dy])];
      }
      const y = builder.apply({ op: "maxPool", ...geometry }, [x]);
      return [builder.apply({ op: "maxPoolGrad", ...geometry }, [dy, x, y])];
    },
  };
}

function batchNormTwin(activation: "none" | "relu"): Twin {
  return {
    name: `batch normalisation, activation ${activation}`,
    shapes: [[3, 4, 4, 5], [5], [5]],
    result: [3, 4, 4, 5],
    library: (x, gamma, beta) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      const normal = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon)));
      const y = tf.add(tf.mul(normal, gamma as tf.Tensor), beta as tf.Tensor);
      return activation === "relu" ? tf.relu(y) : y;
    },
    ours: (builder, [x = 0, gamma = 0, beta = 0], dy) => {
      const attributes = { epsilon, activation };
      const forward = builder.emit({ op: "batchNormTrain", ...attributes }, [x, gamma, beta]);
      return builder.emit(
        { op: "batchNormGrad", ...attributes },
        [dy, x, gamma, beta, forward[1], forward[2]],
      );
    },
  };
}

const TWINS: readonly Twin[] = [
  convolutionTwin(1, [1, 1]),
  convolutionTwin(2, [1, 1]),
  convolutionTwin(2, [0, 1]),
  poolTwin("maxPool"),
  poolTwin("averagePool"),
  batchNormTwin("none"),
  batchNormTwin("relu"),
  {
    name: "resizing",
    shapes: [[2, 4, 4, 3]],
    result: [2, 7, 7, 3],
    library: (x) => tf.image.resizeBilinear(image(x), [7, 7], true),
    ours: (
      builder,
      _,
      dy,
    ) => [builder.apply({ op: "resizeBilinearGrad", inputShape: [2, 4, 4, 3] }, [dy])],
  },
  {
    name: "global average",
    shapes: [[2, 3, 5, 4]],
    result: [2, 4],
    library: (x) => tf.mean(x, [1, 2]),
    ours: (
      builder,
      _,
      dy,
    ) => [builder.apply({ op: "globalAverageGrad", inputShape: [2, 3, 5, 4] }, [dy])],
  },
  {
    name: "sigmoid",
    shapes: [[5, 7]],
    result: [5, 7],
    library: (x) => tf.sigmoid(x),
    ours: (builder, [x = 0], dy) => {
      const y = builder.apply({ op: "sigmoid" }, [x]);
      return [builder.apply({ op: "sigmoidGrad" }, [dy, y])];
    },
  },
  {
    name: "softmax",
    shapes: [[5, 7]],
    result: [5, 7],
    library: (x) => tf.softmax(x),
    ours: (builder, [x = 0], dy) => {
      const y = builder.apply({ op: "softmax" }, [x]);
      return [builder.apply({ op: "softmaxGrad" }, [dy, y])];
    },
  },
  {
    name: "L2 normalisation",
    shapes: [[2, 3, 3, 4]],
    result: [2, 3, 3, 4],
    library: (x) => tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), -1, true), epsilon))),
    ours: (builder, [x = 0], dy) => [builder.apply({ op: "l2NormalizeGrad", epsilon }, [dy, x])],
  },
  {
    name: "standardisation",
    shapes: [[2, 3, 4, 3]],
    result: [2, 3, 4, 3],
    library: (x) => {
      const { mean, variance } = tf.moments(x, [1, 2], true);
      return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon)));
    },
    ours: (builder, [x = 0], dy) => [builder.apply({ op: "standardizeGrad", epsilon }, [dy, x])],
  },
  {
    name: "cross entropy",
    shapes: [[4, 6]],
    result: [],
    library: (logits) =>
      tf.losses.softmaxCrossEntropy(tf.oneHot([0, 5, 2, 2], 6), logits, undefined, 0.1),
    ours: (builder, [logits = 0], dy) => {
      const rows = [0, 5, 2, 2].map((label) =>
        Array.from({ length: 6 }, (_, i) => builder.constant(i === label ? 1 : 0, [1, 1]))
      );
      const [row = 0] = builder.add({ op: "concat", axis: 1 }, rows.flat());
      const targets = builder.apply({ op: "reshape", shape: [4, 6] }, [row]);
      return [
        builder.apply({ op: "softmaxCrossEntropyGrad", smoothing: 0.1 }, [dy, logits, targets]),
      ];
    },
  },
];

/** The function in operations, differentiated by reverse mode. */
function reversed(
  name: string,
  shapes: readonly TensorShape[],
  result: TensorShape,
  { library, ours }: {
    readonly library: Twin["library"];
    readonly ours: (builder: GraphBuilder, ...operands: readonly ValueId[]) => ValueId;
  },
): Twin {
  return {
    name,
    shapes,
    result,
    library,
    ours: (builder, operands, dy) => {
      const slopes = gradients(builder, ours(builder, ...operands), operands, dy);
      return operands.map((operand) => slopes.get(operand) ?? NaN);
    },
  };
}

const MAP = [2, 3, 4, 5];
const UNARY = { exp, abs, tanh, erf, relu, sigmoid } as const;
const BINARY = { add, sub: subtract, mul: multiply, maximum, minimum } as const;

const REVERSED: readonly Twin[] = [
  ...Object.entries(UNARY).map(([name, ours]) =>
    reversed(name, [MAP], MAP, {
      library: (x) => tf[name as keyof typeof UNARY](x as tf.Tensor),
      ours: (builder, x = 0) => ours(builder, x),
    })
  ),
  ...Object.entries(BINARY).flatMap(([name, ours]) =>
    [MAP, [5], []].map((second) =>
      reversed(`${name} of [${second}]`, [MAP, second], MAP, {
        // The library's own gradients of these two do not know of repetition.
        library: (a, b) =>
          tf[name as keyof typeof BINARY](a as tf.Tensor, tf.broadcastTo(b as tf.Tensor, MAP)),
        ours: (builder, a = 0, b = 0) => ours(builder, a, b),
      })
    )
  ),
  ...[MAP, [5], []].map((second) =>
    reversed(`division by [${second}]`, [MAP, second], MAP, {
      library: (a, b) => tf.div(a as tf.Tensor, tf.add(tf.square(b as tf.Tensor), 1)),
      ours: (builder, a = 0, b = 0) => divide(builder, a, shift(builder, square(builder, b), 1)),
    })
  ),
  reversed("logarithms and roots", [MAP], MAP, {
    library: (x) => tf.log(tf.sqrt(tf.add(tf.square(x as tf.Tensor), 1))),
    ours: (builder, x = 0) => log(builder, sqrt(builder, shift(builder, square(builder, x), 1))),
  }),
  reversed("a sum over positions", [MAP], [2, 5], {
    library: (x) => tf.sum(x as tf.Tensor, [1, 2]),
    ours: (builder, x = 0) => sum(builder, x, [1, 2]),
  }),
  reversed("the largest of positions", [MAP], [2, 5], {
    library: (x) => tf.max(x as tf.Tensor, [1, 2]),
    ours: (builder, x = 0) => max(builder, x, [1, 2]),
  }),
  reversed("broadcasting", [[2, 1, 4, 1]], MAP, {
    library: (x) => tf.broadcastTo(x as tf.Tensor, MAP),
    ours: (builder, x = 0) => broadcast(builder, x, MAP),
  }),
  reversed("transposition", [MAP], [5, 2, 4, 3], {
    library: (x) => tf.transpose(x as tf.Tensor, [3, 0, 2, 1]),
    ours: (builder, x = 0) => builder.apply({ op: "transpose", axes: [3, 0, 2, 1] }, [x]),
  }),
  reversed("rows joined, cut and padded", [MAP, [2, 2, 4, 5]], [2, 4, 4, 5], {
    library: (a, b) =>
      tf.pad(tf.slice(tf.concat([a as tf.Tensor, b as tf.Tensor], 1), [0, 1, 0, 0], [2, 3, 4, 5]), [
        [0, 0],
        [0, 1],
        [0, 0],
        [0, 0],
      ]),
    ours: (builder, a = 0, b = 0) => {
      const joined = builder.apply({ op: "concat", axis: 1 }, [a, b]);
      const cut = builder.apply({ op: "slice", axis: 1, start: 1, size: 3 }, [joined]);
      return builder.apply({ op: "pad", axis: 1, before: 0, after: 1 }, [cut]);
    },
  }),
  reversed("log-sum-exp", [[4, 6]], [4], {
    library: (x) => tf.logSumExp(x as tf.Tensor, 1),
    ours: (builder, x = 0) => logSumExp(builder, x, [1]),
  }),
  reversed("log-softmax", [[4, 6]], [4, 6], {
    library: (x) => tf.logSoftmax(x as tf.Tensor),
    ours: (builder, x = 0) => logSoftmax(builder, x),
  }),
  reversed("softplus", [MAP], MAP, {
    library: (x) => tf.softplus(x as tf.Tensor),
    ours: (builder, x = 0) => softplus(builder, x),
  }),
  reversed("gelu, silu, a clamp, a norm and a variance together", [MAP], [], {
    library: (tensor) => {
      const x = tensor as tf.Tensor;
      const bell = tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
      const parts = [bell, tf.mul(x, tf.sigmoid(x)), tf.clipByValue(x, -0.5, 0.5)];
      const spread = tf.moments(x).variance;
      return tf.add(tf.norm(tf.stack(parts)), spread);
    },
    ours: (builder, x = 0) => {
      const parts = [
        gelu(builder, x),
        silu(builder, x),
        clamp(builder, x, { least: -0.5, most: 0.5 }),
      ];
      return add(builder, norm(builder, ...parts), variance(builder, x));
    },
  }),
];

for (const { name, shapes, result, library, ours } of [...TWINS, ...REVERSED]) {
  testBackends(`the gradient of ${name} is the one tf.grads() finds`, async (engine) => {
    const builder = new GraphBuilder();
    const all = [...shapes, result];
    const feeds = all.map((shape, i) => random(shape.reduce((a, b) => a * b, 1), `${name} ${i}`));
    const values = all.map((shape, i) => builder.input(`${i}`, shape));
    const slopes = ours(builder, values.slice(0, -1), values[values.length - 1] ?? 0);
    const outputs = slopes.map((value, i) => ({ name: `${i}`, value }));
    const program = engine.load(builder.finish(name, outputs));
    const state = engine.upload(new Map());
    const run = program.run(state, Object.fromEntries(feeds.map((feed, i) => [`${i}`, feed])));
    const got = await readAll(run);
    await tf.setBackend("cpu");
    const tensors = all.map((shape, i) => tf.tensor(feeds[i] ?? [], [...shape]));
    const wanted = tf.tidy(() =>
      tf.grads(library)(tensors.slice(0, -1), tensors[tensors.length - 1])
        .map((gradient) => gradient.dataSync())
    );
    tf.dispose(tensors);
    for (const [i, numbers] of wanted.entries()) {
      const error = relativeError(got[`${i}`] ?? [], numbers);
      assert(error < TOLERANCE, `gradient ${i} is off by ${error}`);
    }
    engine.free(run.state);
    engine.free(state);
    program.dispose();
  });
}
