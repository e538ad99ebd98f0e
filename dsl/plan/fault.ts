/** Faults: problems that do not know yet where they are. */

/** A problem before it knows where it is. */
export interface Fault {
  /** What kind of problem it is, for programs. */
  readonly code: string;
  /** The rule that does not hold. */
  readonly rule: string;
  /** What was found. */
  readonly got: string;
  /** What was needed. */
  readonly wanted: string;
  /** What to do about it. */
  readonly hint: string;
}
