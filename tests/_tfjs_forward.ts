/**
 * A second opinion: a plan run with TensorFlow.js's high-level operations, one
 * after the other, on which its own gradients (the tape) work. Nothing of the
 * tensor program or of our engine is used.
 */
import { own } from "./_own.ts";
import * as tf from "@tensorflow/tfjs-core";
import type { LayerPlan, Plan } from "../dsl/plan/plan.ts";

/** Parameters by their paths. */
export type TfParameters = ReadonlyMap<string, tf.Tensor>;

/** A convolution without padding or dilation. */
export type Convolve = (
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  strides: [number, number],
) => tf.Tensor;

/** The network's output for a batch, in training mode with the batch's own statistics. */
export function tfForward(
  plan: Plan,
  parameters: TfParameters,
  input: tf.Tensor,
  convolve?: Convolve,
): tf.Tensor {
  switch (plan.kind) {
    case "chain":
      return plan.parts.reduce((x, part) => tfForward(part, parameters, x, convolve), input);
    case "named":
      return tfForward(plan.body, parameters, input, convolve);
    case "layer":
      return tfLayer(plan, parameters, input, convolve);
    case "fork": {
      const branches = plan.branches.map((branch) =>
        tfForward(branch, parameters, input, convolve)
      );
      const [first, second] = branches as [tf.Tensor, tf.Tensor];
      switch (plan.merge) {
        case "add":
          return branches.reduce((a, b) => tf.add(a, b));
        case "multiply":
          return branches.reduce((a, b) => tf.mul(a, b));
        case "concat":
          return tf.concat(branches, -1);
        case "attend":
          return tf.mul(tf.add(second, 1), first);
        case "gate":
          return tf.mul(second, first);
        case "subtract":
          return tf.sub(first, second);
        case "maximum":
          return branches.reduce((a, b) => tf.maximum(a, b));
        case "modulate":
          return tf.mul(
            first,
            second.rank === 2 ? tf.expandDims(tf.expandDims(second, 1), 1) : second,
          );
        case "spread":
          return tf.add(
            first,
            second.rank === 2 ? tf.expandDims(tf.expandDims(second, 1), 1) : second,
          );
        case "match":
          return resize(second, [first.shape[1] ?? 0, first.shape[2] ?? 0]);
        default:
          throw new TypeError(`${plan.merge} is no merge of netfold's own`);
      }
    }
  }
}

function resize(x: tf.Tensor, size: [number, number]): tf.Tensor {
  return tf.image.resizeBilinear(x as tf.Tensor4D, size, true);
}

function hardSigmoid(x: tf.Tensor): tf.Tensor {
  return tf.div(tf.relu6(tf.add(x, 3)), 6);
}

/** Rows (or columns) at their new places, each by the product with a matrix of weights. */
function mixedRows(x: tf.Tensor, axis: 1 | 2, size: number): tf.Tensor {
  const from = x.shape[axis] ?? 0;
  const weights = Array.from({ length: size }, (_, i) => {
    const place = Math.min(Math.max((i + 0.5) * from / size - 0.5, 0), from - 1);
    return Array.from({ length: from }, (_, j) => Math.max(0, 1 - Math.abs(place - j)));
  });
  const order = axis === 1 ? [1, 0, 2, 3] : [2, 0, 1, 3];
  const turned = tf.transpose(x, order);
  const flat = tf.reshape(turned, [from, -1]);
  const mixed = tf.reshape(tf.matMul(tf.tensor2d(weights), flat as tf.Tensor2D), [
    size,
    ...turned.shape.slice(1),
  ]);
  return tf.transpose(mixed, order.map((_, to) => order.indexOf(to)));
}

/** Normalised by the statistics of the batch, as a batch norm with epsilon 1e-5 does it. */
function normal(x: tf.Tensor, parameter: (name: string) => tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  const centred = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
  return tf.add(tf.mul(centred, parameter("bn1.gamma")), parameter("bn1.beta"));
}

function tfLayer(
  { layer: configuration, path, home = path, input, output }: LayerPlan,
  parameters: TfParameters,
  x: tf.Tensor,
  convolve: Convolve | undefined,
): tf.Tensor {
  const parameter = (name: string): tf.Tensor => {
    const found = parameters.get(`${home}.${name}`);
    if (found === undefined) throw new RangeError(`No parameter ${home}.${name}`);
    return found;
  };
  const map = x as tf.Tensor4D;
  const layer = own(configuration);
  switch (layer.type) {
    case "conv": {
      if (layer.groups !== 1) throw new RangeError("TensorFlow.js has no groups");
      const padded = padMap(map, layer, layer.kernel, layer.dilation, input, 0);
      const kernel = parameter("kernel") as tf.Tensor4D;
      const y = convolve !== undefined
        ? convolve(padded, kernel, [...layer.stride])
        : tf.conv2d(padded, kernel, [...layer.stride], "valid", "NHWC", [...layer.dilation]);
      return layer.bias ? tf.add(y, parameter("bias")) : y;
    }
    case "batch_norm": {
      const axes = x.shape.map((_, i) => i).slice(0, -1);
      const { mean, variance } = tf.moments(x, axes);
      const normal = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, layer.epsilon)));
      const scaled = layer.scale ? tf.mul(normal, parameter("gamma")) : normal;
      return layer.shift ? tf.add(scaled, parameter("beta")) : scaled;
    }
    case "relu":
      return tf.relu(x);
    case "sigmoid":
      return tf.sigmoid(x);
    case "gelu":
      return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
    case "tanh":
      return tf.tanh(x);
    case "relu6":
      return tf.relu6(x);
    case "hard_sigmoid":
      return hardSigmoid(x);
    case "hard_swish":
      return tf.mul(x, hardSigmoid(x));
    case "leaky_relu":
      return tf.leakyRelu(x, layer.slope);
    case "prelu":
      return tf.prelu(x, parameter("alpha"));
    case "silu":
      return tf.mul(x, tf.sigmoid(x));
    case "softmax":
      return tf.softmax(x);
    case "max_pool": {
      const padded = padMap(map, layer, layer.window, [1, 1], input, -1e30);
      return tf.maxPool(padded, [...layer.window], [...layer.stride], "valid");
    }
    case "average_pool": {
      const window = {
        ksize: [...layer.window] as [number, number],
        strides: [...layer.stride] as [number, number],
      };
      const average = (y: tf.Tensor4D) => tf.avgPool(y, window.ksize, window.strides, "valid");
      const pad = (y: tf.Tensor4D) => padMap(y, layer, layer.window, [1, 1], input, 0);
      return tf.div(average(pad(map)), average(pad(tf.onesLike(map) as tf.Tensor4D)));
    }
    case "global_average_pool":
      return tf.mean(x, [1, 2]);
    case "global_max_pool":
      return tf.max(x, [1, 2]);
    case "dense": {
      const y = tf.matMul(x as tf.Tensor2D, parameter("kernel") as tf.Tensor2D);
      return layer.bias ? tf.add(y, parameter("bias")) : y;
    }
    case "layer_norm":
    case "group_norm": {
      const [batch = 0] = x.shape;
      const channels = x.shape.at(-1) ?? 1;
      const positions = x.size / batch / channels;
      const groups = layer.type === "group_norm" ? layer.groups : 1;
      const perPosition = layer.type === "layer_norm" && layer.over === "channels";
      const grouped = perPosition
        ? tf.reshape(x, [batch, positions, 1, channels])
        : tf.reshape(x, [batch, positions, groups, channels / groups]);
      const { mean, variance } = tf.moments(grouped, perPosition ? [3] : [1, 3], true);
      const deviation = tf.sqrt(tf.add(variance, layer.epsilon));
      const normal = tf.reshape(tf.div(tf.sub(grouped, mean), deviation), x.shape);
      const scaled = layer.scale ? tf.mul(normal, parameter("gamma")) : normal;
      return layer.shift ? tf.add(scaled, parameter("beta")) : scaled;
    }
    case "layer_scale":
      return tf.mul(x, parameter("gamma"));
    case "adaptive_average_pool": {
      const bins = (axis: 1 | 2, count: number, y: tf.Tensor): tf.Tensor => {
        const size = y.shape[axis] ?? 0;
        const means = Array.from({ length: count }, (_, i) => {
          const from = Math.floor(i * size / count);
          const to = Math.ceil((i + 1) * size / count);
          const begin = axis === 1 ? [0, from, 0, 0] : [0, 0, from, 0];
          return tf.mean(tf.slice(y, begin, y.shape.with(axis, to - from).with(3, -1)), axis, true);
        });
        return tf.concat(means, axis);
      };
      return bins(2, layer.size[1], bins(1, layer.size[0], x));
    }
    case "stochastic_depth":
    case "dropout":
      throw new RangeError("What a layer draws has no second opinion");
    case "flatten":
      return tf.reshape(x, [x.shape[0] ?? 0, -1]);
    case "resize_half_pixel":
      return mixedRows(mixedRows(x, 1, output[0] ?? 0), 2, output[1] ?? 0);
    case "resize_nearest": {
      const places = ([0, 1] as const).map((i) => {
        const [size, length] = [input[i] ?? 0, output[i] ?? 0];
        return Array.from({ length }, (_, at) => Math.floor(at * size / length));
      });
      return tf.gather(tf.gather(x, places[0] ?? [], 1), places[1] ?? [], 2);
    }
    case "pad": {
      const [top, bottom, left, right] = layer.sides;
      const sides: [number, number][] = [[0, 0], [top, bottom], [left, right], [0, 0]];
      if (layer.mode === "constant") return tf.pad(x, sides, layer.value);
      // The gradient of TensorFlow.js's own mirrorPad leaves the mirrors out.
      const mirror = (y: tf.Tensor, axis: 1 | 2): tf.Tensor => {
        const [before, after] = sides[axis] ?? [0, 0];
        const last = (y.shape[axis] ?? 0) - 1;
        const places = Array.from({ length: before + last + 1 + after }, (_, i) => {
          const place = Math.abs(i - before);
          return place > last ? 2 * last - place : place;
        });
        return tf.gather(y, places, axis);
      };
      return mirror(mirror(x, 1), 2);
    }
    case "channel_pool":
      return layer.by === "max" ? tf.max(x, 3, true) : tf.mean(x, 3, true);
    case "position_pool":
      return layer.by === "max" ? tf.max(x, [1, 2], true) : tf.mean(x, [1, 2], true);
    case "channel_conv": {
      const [batch = 0, channels = 0] = x.shape;
      const row = tf.reshape(x, [batch, 1, channels, 1]) as tf.Tensor4D;
      const y = tf.conv2d(row, parameter("kernel") as tf.Tensor4D, 1, "same");
      return tf.reshape(y, [batch, channels]);
    }
    case "coordinate_mask": {
      const [height = 0, width = 0] = input;
      const point = (y: tf.Tensor, name: string): tf.Tensor => {
        const kernel = parameter(`${name}.kernel`) as tf.Tensor4D;
        return tf.add(tf.conv2d(y as tf.Tensor4D, kernel, 1, "valid"), parameter(`${name}.bias`));
      };
      const turned = (y: tf.Tensor): tf.Tensor => tf.transpose(y, [0, 2, 1, 3]);
      const strip = point(
        tf.concat([tf.mean(x, 2, true), turned(tf.mean(x, 1, true))], 1),
        "conv1",
      );
      const y = parameters.has(`${home}.bn1.gamma`) ? normal(strip, parameter) : strip;
      const [rows, columns] = tf.split(tf.mul(y, hardSigmoid(y)), [height, width], 1);
      if (rows === undefined || columns === undefined) throw new RangeError("No rows or columns");
      return tf.mul(
        tf.sigmoid(point(rows, "rows")),
        turned(tf.sigmoid(point(columns, "columns"))),
      );
    }
    case "channel_shuffle": {
      const channels = input.at(-1) ?? 0;
      const grouped = tf.reshape(x, [x.size / channels, layer.groups, channels / layer.groups]);
      return tf.reshape(tf.transpose(grouped, [0, 2, 1]), x.shape);
    }
    case "depth_to_space": {
      const { block } = layer;
      const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
      const left = channels / block ** 2;
      const apart = tf.reshape(x, [batch, height, width, left, block, block]);
      const turned = tf.transpose(apart, [0, 1, 4, 2, 5, 3]);
      return tf.reshape(turned, [batch, height * block, width * block, left]);
    }
    case "conv_transpose": {
      const { stride, kernel } = layer;
      const [batch = 0, height = 0, width = 0] = x.shape;
      const groups = layer.groups === "same" ? input.at(-1) ?? 0 : layer.groups;
      const part = parameter("kernel").shape[2] ?? 0;
      const whole = [0, 1].map((i) =>
        Math.max(
          (input[i] ?? 0) * (stride[i] ?? 0),
          ((input[i] ?? 0) - 1) * (stride[i] ?? 0) + (kernel[i] ?? 0),
        )
      );
      const group = (y: tf.Tensor, i: number): tf.Tensor4D => {
        const size = (y.shape[3] ?? 0) / groups;
        return tf.slice(y as tf.Tensor4D, [0, 0, 0, i * size], [-1, -1, -1, size]);
      };
      const full = tf.concat(
        Array.from({ length: groups }, (_, i) =>
          tf.conv2dTranspose(
            group(map, i),
            group(parameter("kernel"), i),
            [batch, whole[0] ?? height, whole[1] ?? width, part],
            [...stride],
            "valid",
          )),
        3,
      );
      const cut = ([0, 1] as const).map((i) =>
        layer.padding === "same"
          ? Math.max(0, Math.floor((kernel[i] - stride[i]) / 2))
          : layer.padding === "valid"
          ? 0
          : layer.padding[2 * i] ?? 0
      );
      const y = tf.slice(full, [0, cut[0] ?? 0, cut[1] ?? 0, 0], [batch, ...output]);
      return layer.bias ? tf.add(y, parameter("bias")) : y;
    }
    case "resize":
      return resize(x, [output[0] ?? 0, output[1] ?? 0]);
    case "scale":
      return tf.mul(x, layer.by);
    case "l2_normalize":
      return tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), -1, true), layer.epsilon)));
    case "standardize": {
      const { mean, variance } = tf.moments(x, [1, 2], true);
      return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, layer.epsilon)));
    }
  }
}

interface Bordered {
  readonly padding: "same" | "valid" | readonly [number, number, number, number];
  readonly stride: readonly [number, number];
  readonly ceil?: boolean;
}

/** The map with its border made explicit, as the layer's own definition says. */
function padMap(
  x: tf.Tensor4D,
  layer: Bordered,
  kernel: readonly [number, number],
  dilation: readonly [number, number],
  input: readonly number[],
  value: number,
): tf.Tensor4D {
  const sides = ([0, 1] as const).map((axis): [number, number] => {
    const size = input[axis] ?? 0;
    const [stride, extent] = [layer.stride[axis], (kernel[axis] - 1) * dilation[axis] + 1];
    if (layer.padding === "same") {
      const total = Math.max((Math.ceil(size / stride) - 1) * stride + extent - size, 0);
      return [Math.floor(total / 2), total - Math.floor(total / 2)];
    }
    const [before, after] = layer.padding === "valid"
      ? [0, 0]
      : [layer.padding[axis * 2] ?? 0, layer.padding[axis * 2 + 1] ?? 0];
    if (layer.ceil !== true) return [before, after];
    let steps = Math.ceil((size + before + after - extent) / stride);
    if (steps * stride >= size + before) steps--;
    return [before, Math.max(steps * stride + extent - size - before, 0)];
  });
  const [rows = [0, 0], columns = [0, 0]] = sides;
  if ([...rows, ...columns].every((side) => side === 0)) return x;
  return tf.pad4d(x, [[0, 0], rows, columns, [0, 0]], value);
}
