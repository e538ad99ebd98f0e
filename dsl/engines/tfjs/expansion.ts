/**
 * What an operation of the tensor program becomes in TensorFlow.js kernels.
 * `generic.ts` has one expansion for every operation that is right on every
 * backend; a backend's own file replaces those it can do better, by measurement.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { OpName, OpOf, TensorShape } from "../../graph/op.ts";
import type { Operands, Results } from "../../graph/signature.ts";

/** What an expansion may know besides its operands. */
export interface ExpansionContext {
  readonly resultShapes: readonly TensorShape[];
  /** The numbers of operand `i` on the host, when it is an input of the run. */
  readonly onHost: (i: number) => Float32Array | undefined;
  /**
   * A tensor that never changes, made once per program and kept as long as it.
   * `key` must tell it apart from every other constant, its shape included.
   */
  readonly constant: (key: string, shape: TensorShape, numbers: () => Float32Array) => Tensor;
}

/**
 * Computes an operation. Operands are not disposed; temporaries need not be,
 * the engine runs every expansion inside a tidy scope. A result may not be one
 * of the operands or constants themselves (a reshape of it is fine).
 */
export type Expansion<K extends OpName> = (
  op: OpOf<K>,
  inputs: Operands<K, Tensor>,
  context: ExpansionContext,
) => Results<K, Tensor>;

/** An expansion for every operation. */
export type Expansions = { readonly [K in OpName]: Expansion<K> };
