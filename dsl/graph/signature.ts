/**
 * What every operation reads and gives, by name: the one place that says how
 * many operands and results there are. `?` marks an operand that may be left
 * out, `...` any number of them. A name that begins with `d` is a gradient.
 */
import { misfit } from "../problem/expect.ts";
import { show } from "../problem/show.ts";
import type { OpName } from "./op.ts";

/** The operands and the results of every operation. */
export const SIGNATURES = {
  constant: [[], ["y"]],
  conv2d: [["x", "kernel", "bias?"], ["y"]],
  conv2dInputGrad: [["dy", "kernel"], ["dx"]],
  conv2dFilterGrad: [["x", "dy"], ["dkernel"]],
  matmul: [["a", "b", "bias?"], ["y"]],
  add: [["a", "b"], ["y"]],
  subtract: [["a", "b"], ["y"]],
  multiply: [["a", "b"], ["y"]],
  divide: [["a", "b"], ["y"]],
  maximum: [["a", "b"], ["y"]],
  minimum: [["a", "b"], ["y"]],
  greater: [["a", "b"], ["y"]],
  scale: [["x"], ["y"]],
  blend: [["a", "b"], ["y"]],
  exp: [["x"], ["y"]],
  log: [["x"], ["y"]],
  sqrt: [["x"], ["y"]],
  rsqrt: [["x"], ["y"]],
  abs: [["x"], ["y"]],
  sign: [["x"], ["y"]],
  tanh: [["x"], ["y"]],
  erf: [["x"], ["y"]],
  relu: [["x"], ["y"]],
  reluGrad: [["dy", "y"], ["dx"]],
  sigmoid: [["x"], ["y"]],
  sigmoidGrad: [["dy", "y"], ["dx"]],
  gelu: [["x"], ["y"]],
  geluGrad: [["dy", "x"], ["dx"]],
  attend: [["trunk", "mask"], ["y"]],
  affine: [["x", "scale", "shift"], ["y"]],
  batchNormTrain: [["x", "gamma", "beta"], ["y", "mean", "variance"]],
  batchNormGrad: [["dy", "x", "gamma", "beta", "mean", "variance"], ["dx", "dgamma", "dbeta"]],
  maxPool: [["x"], ["y"]],
  maxPoolGrad: [["dy", "x", "y"], ["dx"]],
  averagePool: [["x"], ["y"]],
  averagePoolGrad: [["dy"], ["dx"]],
  globalAverage: [["x"], ["y"]],
  globalAverageGrad: [["dy"], ["dx"]],
  resizeBilinear: [["x"], ["y"]],
  resizeBilinearGrad: [["dy"], ["dx"]],
  l2Normalize: [["x"], ["y"]],
  l2NormalizeGrad: [["dy", "x"], ["dx"]],
  standardize: [["x"], ["y"]],
  standardizeGrad: [["dy", "x"], ["dx"]],
  softmax: [["x"], ["y"]],
  softmaxGrad: [["dy", "y"], ["dx"]],
  softmaxCrossEntropy: [["logits", "targets"], ["loss"]],
  softmaxCrossEntropyGrad: [["dloss", "logits", "targets"], ["dlogits"]],
  accuracy: [["logits", "targets"], ["share"]],
  sum: [["x"], ["y"]],
  max: [["x"], ["y"]],
  broadcast: [["x"], ["y"]],
  transpose: [["x"], ["y"]],
  concat: [["first", "...others"], ["y"]],
  slice: [["x"], ["y"]],
  pad: [["x"], ["y"]],
  reshape: [["x"], ["y"]],
  dropoutMask: [["seed"], ["mask"]],
  sgd: [["w", "g", "v", "lr"], ["w", "v"]],
  adamw: [["w", "g", "m", "v", "step", "lr"], ["w", "m", "v"]],
} as const satisfies Readonly<Record<OpName, readonly [readonly string[], readonly string[]]>>;

/** A value for each name. */
export type Values<Names extends readonly string[], V> = Names extends
  readonly [infer Name, ...infer Rest extends readonly string[]]
  ? Name extends `${string}?` ? readonly [(V | undefined)?, ...Values<Rest, V>]
  : Name extends `...${string}` ? readonly V[]
  : readonly [V, ...Values<Rest, V>]
  : readonly [];

/** An operation's operands, as a tuple type. */
export type Operands<K extends OpName, V> = Values<(typeof SIGNATURES)[K][0], V>;

/** An operation's results, as a tuple type. */
export type Results<K extends OpName, V> = Values<(typeof SIGNATURES)[K][1], V>;

/**
 * Makes sure that an operation is known and has as many operands as it reads.
 *
 * @throws {ProblemError} That names the operation, and its operands.
 */
export function checkOperands(op: OpName, count: number): void {
  if (!Object.hasOwn(SIGNATURES, op)) {
    throw misfit("the operation is unknown", show(op), Object.keys(SIGNATURES).join(", "));
  }
  const names: readonly string[] = SIGNATURES[op][0];
  const least = names.filter((name) => !/^\.\.\.|\?$/.test(name)).length;
  const most = names.some((name) => name.startsWith("...")) ? Infinity : names.length;
  if (count >= least && count <= most) return;
  throw misfit(`${op} must have all its operands`, `${count}`, names.join(", "));
}
