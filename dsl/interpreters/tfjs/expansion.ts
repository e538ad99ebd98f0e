/** What an operation of the tensor program becomes in a TensorFlow graph. */
import type { OpName, OpOf, TensorShape } from "../../graph/op.ts";
import type { Operands } from "../../graph/signature.ts";
import type { Emitter, Value } from "./emitter.ts";

/** An operation that is to be written. */
export interface Site<K extends OpName = OpName> {
  /** Where it is written. */
  readonly e: Emitter;
  readonly op: OpOf<K>;
  /** The shape of its result. */
  readonly shape: TensorShape;
}

/** Writes the nodes of an operation and gives its result. */
export type Expansion<K extends OpName> = (
  site: Site<K>,
  ...operands: Operands<K, Value>
) => Value;

/** Expansions of some operations. */
export type Expansions = { readonly [Name in OpName]?: Expansion<Name> };
