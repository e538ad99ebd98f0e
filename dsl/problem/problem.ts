/**
 * Problems: what is wrong, as data. Every part of netfold reports failures in
 * this one form; code decides by `code`, people read the rest.
 */

/** One thing that is wrong, with what is needed to mend it. */
export interface Problem {
  /** Where: the path in the network, the file, or the option. */
  readonly path: string;
  /** What stands there: the layer's type, or `option`, `file`, `checkpoint` ... */
  readonly layer: string;
  /** What kind of problem it is, for programs: `unknown-layer`, `shape-mismatch` ... */
  readonly code: string;
  /** The rule that does not hold, as a sentence without a full stop. */
  readonly rule: string;
  /** The value that was found. */
  readonly got: string;
  /** The value that was needed. */
  readonly wanted: string;
  /** What to do about it. */
  readonly hint: string;
  /** The shapes on the way to it, where a network does not fit together. */
  readonly way?: Way;
}

/** A layer or a merge on the way to a fault. */
export interface Step {
  /** Its path; empty for what has none, such as the network's input. */
  readonly path: string;
  /** The layer's type or the merge's name. */
  readonly layer: string;
  /** The shape that comes out of it. */
  readonly output: string;
}

/** What stands before a fault. */
export interface Way {
  /** The last steps before it, in order. */
  readonly steps: readonly Step[];
  /** Whether there are others before those. */
  readonly more: boolean;
  /** The last steps of each branch, where the fault is at a merge. */
  readonly branches?: readonly Pick<Way, "steps" | "more">[];
  /** What is known of the shape that comes out. */
  readonly output: string;
}
