/** Operations that work entry by entry, and those that move entries. */
import type { Expansions, Site } from "./expansion.ts";
import type { Value } from "./emitter.ts";
import { real, type } from "./model.ts";

/** An operator of one operand. */
const unary = (name: string) => ({ e, shape }: Pick<Site, "e" | "shape">, x: Value): Value =>
  e.node(name, [e.plain(x)], shape);
/** An operator of two operands. */
const binary =
  (name: string) => ({ e, shape }: Pick<Site, "e" | "shape">, a: Value, b: Value): Value =>
    e.binary(name, a, b, shape);

/** The expansions of this file. */
export const ELEMENTWISE = {
  constant: ({ e, op: { value, shape } }) => e.repeated(e.scalar(value), shape),
  add: binary("AddV2"),
  subtract: binary("Sub"),
  multiply: binary("Mul"),
  divide: binary("RealDiv"),
  maximum: binary("Maximum"),
  minimum: binary("Minimum"),
  greater: ({ e, shape }, a, b) =>
    e.node("Cast", [e.binary("Greater", a, b, shape)], shape, { DstT: type("DT_FLOAT") }),
  exp: unary("Exp"),
  log: unary("Log"),
  sqrt: unary("Sqrt"),
  abs: unary("Abs"),
  sign: unary("Sign"),
  tanh: unary("Tanh"),
  erf: unary("Erf"),
  relu: unary("Relu"),
  sigmoid: unary("Sigmoid"),
  softmax: unary("Softmax"),
  scale: ({ e, op: { by } }, x) => e.binary("Mul", x, e.scalar(by)),
  blend: ({ e, op: { rate } }, a, b) => {
    const part = e.binary("Mul", a, e.scalar(rate));
    return e.binary("AddV2", part, e.binary("Mul", b, e.scalar(1 - rate)));
  },
  gelu: ({ e, shape }, x) => {
    const below = e.node("Erf", [e.binary("Mul", x, e.scalar(Math.SQRT1_2))], shape);
    const twice = e.binary("AddV2", below, e.scalar(1));
    return e.binary("Mul", e.binary("Mul", x, e.scalar(0.5)), twice);
  },
  rsqrt: ({ e, op: { epsilon }, shape }, x) =>
    e.node("Rsqrt", [e.binary("AddV2", x, e.scalar(epsilon))], shape),
  attend: ({ e }, trunk, mask) => e.binary("AddV2", trunk, e.binary("Mul", trunk, mask)),
  affine: ({ e, op: { activation }, shape }, x, scale, shift) => {
    const [map, ...others] = [x, scale, shift].map((value) => e.plain(value));
    const filled = (role: string, number: number): Value =>
      e.floats(role, scale.shape, new Float32Array(scale.shape[0] ?? 1).fill(number));
    // A batch norm whose statistics are in its factor and summand already.
    const y = map !== undefined && shape.length === 4
      ? e.node(
        "FusedBatchNormV3",
        [map, ...others, filled("mean", 0), filled("variance", 1)],
        shape,
        { epsilon: real(0) },
      )
      : e.binary("AddV2", e.binary("Mul", x, scale), shift);
    return activation === "relu" ? e.node("Relu", [y], shape) : y;
  },
  broadcast: ({ e, op: { shape } }, x) => e.repeated(x, shape),
  transpose: ({ e, op: { axes }, shape }, x) =>
    e.node("Transpose", [e.plain(x), e.wholes("perm", axes)], shape),
  concat: ({ e, op: { axis } }, first, ...others) =>
    others.length === 0 ? first : e.joined([first, ...others], axis),
  slice: ({ e, op: { axis, start, size }, shape }, x) => {
    const begin = shape.map((_, i) => i === axis ? start : 0);
    // -1 is all there is from the start.
    const sizes = shape.map((_, i) => i === axis ? size : -1);
    return e.node("Slice", [e.plain(x), e.wholes("begin", begin), e.wholes("size", sizes)], shape);
  },
  pad: ({ e, op: { axis, before, after }, shape }, x) => {
    const sides = shape.flatMap((_, i) => i === axis ? [before, after] : [0, 0]);
    return e.node("Pad", [e.plain(x), e.wholes("paddings", sides, [shape.length, 2])], shape);
  },
  reshape: ({ e, shape }, x) => e.node("Reshape", [e.plain(x), e.wholes("shape", shape)], shape),
} satisfies Expansions;
