/**
 * The outcome of anything that can go wrong: `Either` a list of problems or a
 * value. The type has the very shape of fp-ts's `Either`, so that library's
 * functions work on it, without its types appearing in our signatures.
 */
import type { Problem } from "./problem.ts";

/** The failing side of an {@link Either}. */
export interface Left<E> {
  /** The tag that tells the two sides apart. */
  readonly _tag: "Left";
  /** What went wrong. */
  readonly left: E;
}

/** The succeeding side of an {@link Either}. */
export interface Right<A> {
  /** The tag that tells the two sides apart. */
  readonly _tag: "Right";
  /** The value. */
  readonly right: A;
}

/** Either a failure `E` or a value `A`; structurally equal to fp-ts's. */
export type Either<E, A> = Left<E> | Right<A>;

/** A value, or every problem that stands in its way. */
export type Result<A> = Either<readonly Problem[], A>;

/** Wraps a value as a success. */
export function right<A>(value: A): Right<A> {
  return { _tag: "Right", right: value };
}

/** Wraps a failure. */
export function left<E>(failure: E): Left<E> {
  return { _tag: "Left", left: failure };
}

/** Fails with problems, one or several. */
export function fail(...problems: readonly Problem[]): Left<readonly Problem[]> {
  return left(problems);
}
