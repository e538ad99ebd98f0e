/**
 * Templates of Python classes. A part of a network becomes a template: the
 * lines of its constructor, in which every number that could differ from one
 * part to another is a hole, and the lines of its forward pass, which have
 * none. Parts whose templates differ in nothing but what fills the holes are
 * instances of one class.
 */
import type { TorchArgument as Hole, TorchCall as Call } from "../../plan/facets.ts";

/** One line or loop of a constructor: `before`, the call, `after`. */
export interface Making {
  /** What stands before the call. */
  readonly before: string;
  /** What is made. */
  readonly call: Call;
  /** What stands behind it. */
  readonly after: string;
}

/** A class before it is known what its instances share. */
export interface Template {
  /** The constructor. */
  readonly makings: readonly Making[];
  /** The forward pass. */
  readonly forward: readonly string[];
}

/** What two templates must share to be the same class. */
export function skeletonOf({ makings, forward }: Template): string {
  const made = makings.map(({ before, call, after }) => [
    before,
    call.callee,
    call.holes.map(({ kind, keyword, otherwise }) => `${kind} ${keyword} ${otherwise}`).join(),
    after,
  ]);
  return JSON.stringify([made, forward]);
}

/** Every hole of a template, in order. */
export function holesOf({ makings }: Template): readonly Hole[] {
  return makings.flatMap(({ call }) => call.holes);
}
