/**
 * Reverse mode, as a transformation of the tensor program: given a scalar
 * value, adds the operations that compute its gradient with respect to other
 * values. Each operation's rule is written once, in terms of operations, so
 * every engine that runs the forward program can train.
 */
import type { GraphBuilder } from "./builder.ts";
import type { Node, ValueId } from "./graph.ts";
import type { Op } from "./op.ts";

/** A gradient, or nothing where none flows. */
type Gradient = ValueId | undefined;

/**
 * Adds the gradient of `of`, a scalar, with respect to each of `wrt`.
 *
 * @throws {TypeError} When `of` is not a scalar or depends on a value only
 * through an operation that has no gradient.
 */
export function gradients(
  graph: GraphBuilder,
  of: ValueId,
  wrt: readonly ValueId[],
): ReadonlyMap<ValueId, ValueId> {
  if (graph.shapeOf(of).length !== 0) {
    throw new TypeError("Only a scalar has a gradient");
  }
  const forward = [...graph.nodes];
  const active = activeValues(forward, wrt);
  const flowing = new Map<ValueId, ValueId>([[of, graph.constant(1, [])]]);
  for (const node of forward.toReversed()) {
    const arriving = node.results.map((result) => flowing.get(result));
    if (arriving.every((gradient) => gradient === undefined)) continue;
    if (!node.inputs.some((input) => active.has(input))) continue;
    graph.at(node.origin);
    const wanted = (i: number) => active.has(node.inputs[i] ?? NaN);
    pullBack(graph, node, arriving, wanted).forEach((gradient, i) => {
      const input = node.inputs[i];
      if (gradient === undefined || input === undefined || !active.has(input)) {
        return;
      }
      const sum = flowing.get(input);
      flowing.set(
        input,
        sum === undefined ? gradient : graph.apply({ op: "add" }, [sum, gradient]),
      );
    });
  }
  return new Map(wrt.map((value) => {
    return [
      value,
      flowing.get(value) ?? graph.constant(0, graph.shapeOf(value)),
    ];
  }));
}

/** Every value that depends on one of `wrt`. */
function activeValues(
  nodes: readonly Node[],
  wrt: readonly ValueId[],
): ReadonlySet<ValueId> {
  const active = new Set(wrt);
  for (const node of nodes) {
    if (node.inputs.some((input) => active.has(input))) {
      for (const result of node.results) active.add(result);
    }
  }
  return active;
}

/**
 * The gradients of a node's operands, from those of its results. `wanted`
 * tells which operands need one, so that none is computed in vain.
 */
function pullBack(
  graph: GraphBuilder,
  { op, inputs, results }: Node,
  arriving: readonly Gradient[],
  wanted: (i: number) => boolean,
): readonly Gradient[] {
  const [x = NaN, second = NaN, third = NaN] = inputs;
  const [y = NaN] = results;
  const [dy] = arriving;
  if (dy === undefined) throw noGradient(op);
  const when = (i: number, gradient: () => ValueId): Gradient => wanted(i) ? gradient() : undefined;
  /** The gradient of a second operand that may have been repeated over the first. */
  const reduced = (gradient: ValueId, operand: ValueId): ValueId => {
    const [from, to] = [graph.shapeOf(gradient), graph.shapeOf(operand)];
    if (from.length === to.length) return gradient;
    if (to.length === 0) throw noGradient(op);
    return graph.apply({ op: "channelSum" }, [gradient]);
  };
  switch (op.op) {
    case "conv2d": {
      if (op.activation !== "none") throw noGradient(op);
      const { stride, padding, dilation, groups } = op;
      const geometry = { stride, padding, dilation, groups };
      const inputShape = graph.shapeOf(x);
      const kernelShape = graph.shapeOf(second);
      return [
        when(
          0,
          () =>
            graph.apply({ op: "conv2dInputGrad", inputShape, ...geometry }, [
              dy,
              second,
            ]),
        ),
        when(
          1,
          () =>
            graph.apply({ op: "conv2dFilterGrad", kernelShape, ...geometry }, [
              x,
              dy,
            ]),
        ),
        when(2, () => graph.apply({ op: "channelSum" }, [dy])),
      ];
    }
    case "matmul": {
      const product = (
        a: ValueId,
        b: ValueId,
        transposeA: boolean,
        transposeB: boolean,
      ) => graph.apply({ op: "matmul", transposeA, transposeB }, [a, b]);
      const { transposeA: ta, transposeB: tb } = op;
      return [
        when(
          0,
          () => ta ? product(second, dy, tb, true) : product(dy, second, false, !tb),
        ),
        when(
          1,
          () => tb ? product(dy, x, true, ta) : product(x, dy, !ta, false),
        ),
        when(2, () => graph.apply({ op: "channelSum" }, [dy])),
      ];
    }
    case "add":
      return [dy, when(1, () => reduced(dy, second))];
    case "subtract":
      return [
        dy,
        when(
          1,
          () => reduced(graph.apply({ op: "scale", by: -1 }, [dy]), second),
        ),
      ];
    case "multiply":
      return [
        when(0, () => graph.apply({ op: "multiply" }, [dy, second])),
        when(
          1,
          () => reduced(graph.apply({ op: "multiply" }, [dy, x]), second),
        ),
      ];
    case "affine":
      // A frozen batch norm; a rectifier is never fused into one before gradients are taken.
      if (op.activation !== "none") throw noGradient(op);
      return [
        when(0, () => graph.apply({ op: "multiply" }, [dy, second])),
        when(1, () => reduced(graph.apply({ op: "multiply" }, [dy, x]), second)),
        when(2, () => reduced(dy, third)),
      ];
    case "scale":
      return [graph.apply({ op: "scale", by: op.by }, [dy])];
    case "relu":
      return [graph.apply({ op: "reluGrad" }, [dy, y])];
    case "sigmoid":
      return [graph.apply({ op: "sigmoidGrad" }, [dy, y])];
    case "attend":
      // d/dT (1 + M) T = 1 + M, and d/dM (1 + M) T = T.
      return [
        when(0, () => graph.apply({ op: "attend" }, [dy, second])),
        when(1, () => graph.apply({ op: "multiply" }, [dy, x])),
      ];
    case "batchNormTrain": {
      const [, mean = NaN, variance = NaN] = results;
      const { epsilon, activation } = op;
      // The statistics themselves only feed running averages, which no loss depends on.
      if (arriving[1] !== undefined || arriving[2] !== undefined) {
        throw noGradient(op);
      }
      return graph.emit(
        { op: "batchNormGrad", epsilon, activation },
        [dy, x, second, third, mean, variance],
      );
    }
    case "maxPool": {
      const { window, stride, padding } = op;
      return [
        graph.apply({ op: "maxPoolGrad", window, stride, padding }, [dy, x, y]),
      ];
    }
    case "averagePool": {
      const { window, stride, padding } = op;
      const inputShape = graph.shapeOf(x);
      return [
        graph.apply({
          op: "averagePoolGrad",
          inputShape,
          window,
          stride,
          padding,
        }, [dy]),
      ];
    }
    case "globalAverage":
      return [
        graph.apply({ op: "globalAverageGrad", inputShape: graph.shapeOf(x) }, [
          dy,
        ]),
      ];
    case "resizeBilinear":
      return [
        graph.apply(
          { op: "resizeBilinearGrad", inputShape: graph.shapeOf(x) },
          [dy],
        ),
      ];
    case "l2Normalize":
      return [
        graph.apply({ op: "l2NormalizeGrad", epsilon: op.epsilon }, [dy, x]),
      ];
    case "standardize":
      return [
        graph.apply({ op: "standardizeGrad", epsilon: op.epsilon }, [dy, x]),
      ];
    case "softmax":
      return [graph.apply({ op: "softmaxGrad" }, [dy, y])];
    case "softmaxCrossEntropy":
      if (wanted(1)) throw noGradient(op);
      return [
        graph.apply(
          { op: "softmaxCrossEntropyGrad", smoothing: op.smoothing },
          [dy, x, second],
        ),
      ];
    case "concat": {
      let start = 0;
      return inputs.map((input, i) => {
        const size = graph.shapeOf(input).at(-1) ?? 0;
        const from = start;
        start += size;
        return when(
          i,
          () => graph.apply({ op: "slice", start: from, size }, [dy]),
        );
      });
    }
    case "slice": {
      const after = (graph.shapeOf(x).at(-1) ?? 0) - op.start - op.size;
      return [graph.apply({ op: "pad", before: op.start, after }, [dy])];
    }
    case "pad": {
      const size = graph.shapeOf(x).at(-1) ?? 0;
      return [graph.apply({ op: "slice", start: op.before, size }, [dy])];
    }
    case "reshape":
      return [graph.apply({ op: "reshape", shape: graph.shapeOf(x) }, [dy])];
    case "constant":
    case "dropoutMask":
      return [];
    // Parts of gradients, of inference, of updates and of metrics: nothing differentiates them.
    case "conv2dInputGrad":
    case "conv2dFilterGrad":
    case "blend":
    case "rsqrt":
    case "reluGrad":
    case "sigmoidGrad":
    case "batchNormGrad":
    case "maxPoolGrad":
    case "averagePoolGrad":
    case "globalAverageGrad":
    case "resizeBilinearGrad":
    case "l2NormalizeGrad":
    case "standardizeGrad":
    case "softmaxGrad":
    case "softmaxCrossEntropyGrad":
    case "accuracy":
    case "channelSum":
    case "sgd":
    case "adamw":
      throw noGradient(op);
  }
}

function noGradient({ op }: Op): TypeError {
  return new TypeError(
    `Operation ${op} has no gradient rule for what is asked of it`,
  );
}
