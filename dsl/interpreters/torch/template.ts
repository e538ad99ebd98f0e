/**
 * Templates of Python classes. A part of a network becomes a template: the
 * lines of its constructor, in which every number that could differ from one
 * part to another is a hole, and the lines of its forward pass, which have
 * none. Parts whose templates differ in nothing but what fills the holes are
 * instances of one class.
 */

/** A Python number, flag or tuple of numbers; text stands as it is. */
export type Value = number | string;

/** A place in a constructor's line that other instances may fill otherwise. */
export interface Hole {
  /** What this instance fills it with. */
  readonly value: Value;
  /** What it means: `width` for channels, or the name of what is configured. */
  readonly kind: string;
  /** The keyword it is given by; nothing when its place says what it is. */
  readonly keyword?: string;
  /** What it is when it is left out. */
  readonly otherwise?: Value;
}

/** The making of a layer or of a part: a class with its arguments. */
export interface Call {
  /** The class. */
  readonly callee: string;
  /** Its arguments. */
  readonly holes: readonly Hole[];
}

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

/** A pair as Python has it: one number when both are the same. */
export function pair([first, second]: readonly [number, number]): Value {
  return first === second ? first : `(${first}, ${second})`;
}

/** A flag as Python has it. */
export function flag(value: boolean): Value {
  return value ? "True" : "False";
}
