/** The peer of our inference: the same network as a tf.layers model. */
import { own } from "../_own.ts";
import * as tf from "@tensorflow/tfjs";
import type { Tensors } from "../../dsl/graph/tensors.ts";
import type { LayerPlan, Plan } from "../../dsl/plan/plan.ts";

class Resize extends tf.layers.Layer {
  static className = "NetfoldResize";
  readonly #size: [number, number];
  constructor(size: [number, number]) {
    super({});
    this.#size = size;
  }
  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return [shape[0] ?? null, ...this.#size, shape[3] ?? null];
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
    return tf.image.resizeBilinear(x, this.#size, true);
  }
}

/** A tf.layers model of a plan with these parameters, for maps of even sizes. */
export function layersModel(plan: Plan, parameters: Tensors): tf.LayersModel {
  const input = tf.input({ shape: [...plan.input] });
  const weights: (() => void)[] = [];
  const output = build(plan, input, parameters, weights);
  const model = tf.model({ inputs: input, outputs: output });
  for (const set of weights) set();
  return model;
}

function build(
  plan: Plan,
  x: tf.SymbolicTensor,
  parameters: Tensors,
  weights: (() => void)[],
): tf.SymbolicTensor {
  switch (plan.kind) {
    case "chain":
      return plan.parts.reduce((x, part) => build(part, x, parameters, weights), x);
    case "named":
      return build(plan.body, x, parameters, weights);
    case "fork": {
      const branches = plan.branches.map((branch) => build(branch, x, parameters, weights));
      const [first, second] = branches as [tf.SymbolicTensor, tf.SymbolicTensor];
      switch (plan.merge) {
        case "add":
          return tf.layers.add().apply(branches) as tf.SymbolicTensor;
        case "attend": {
          const product = tf.layers.multiply().apply([second, first]) as tf.SymbolicTensor;
          return tf.layers.add().apply([product, first]) as tf.SymbolicTensor;
        }
        case "match": {
          const [, h, w] = first.shape as number[];
          return new Resize([h ?? 0, w ?? 0]).apply(second) as tf.SymbolicTensor;
        }
        default:
          throw new RangeError(`No tf.layers form of ${plan.merge} is written here`);
      }
    }
    case "layer": {
      const layer = layerOf(plan);
      const y = layer.apply(padded(plan, x)) as tf.SymbolicTensor;
      weights.push(() =>
        layer.setWeights(plan.parameters.map(({ name }) => {
          const { data, shape } = parameters.get(`${plan.path}.${name}`) ?? { data: [], shape: [] };
          return tf.tensor(data, [...shape], "float32");
        }))
      );
      return y;
    }
  }
}

/** A strided 3x3 convolution pads one pixel on every side, which tf.layers does in a layer of its own. */
function padded(plan: LayerPlan, x: tf.SymbolicTensor): tf.SymbolicTensor {
  const layer = own(plan.layer);
  const strided = layer.type === "conv" && layer.kernel[0] === 3 && layer.stride[0] === 2;
  return strided ? tf.layers.zeroPadding2d({ padding: 1 }).apply(x) as tf.SymbolicTensor : x;
}

function layerOf({ layer: configuration, output }: LayerPlan): tf.layers.Layer {
  const layer = own(configuration);
  switch (layer.type) {
    case "conv":
      return tf.layers.conv2d({
        filters: output.at(-1) ?? 0,
        kernelSize: [...layer.kernel],
        strides: [...layer.stride],
        padding: layer.stride[0] === 1 ? "same" : "valid",
        useBias: layer.bias,
      });
    case "batch_norm":
      return tf.layers.batchNormalization({ epsilon: layer.epsilon });
    case "relu":
      return tf.layers.reLU();
    case "sigmoid":
      return tf.layers.activation({ activation: "sigmoid" });
    case "max_pool":
      return tf.layers.maxPooling2d({
        poolSize: [...layer.window],
        strides: [...layer.stride],
        padding: "same",
      });
    case "global_average_pool":
      return tf.layers.globalAveragePooling2d({});
    case "dense":
      return tf.layers.dense({ units: output.at(-1) ?? 0 });
    default:
      throw new RangeError(`No tf.layers form of ${layer.type} is written here`);
  }
}
