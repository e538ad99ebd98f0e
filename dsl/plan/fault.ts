/** Faults: problems that do not know yet where they are. */
import { show } from "../problem/show.ts";

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

/** The fault of a rule of which a function gives something else than it must. */
export function invalidRule(what: string, got: unknown, wanted: string): Fault {
  return {
    code: "invalid-rule",
    rule: `\`${what}\` of the rule gives something else than it must`,
    got: show(got),
    wanted,
    hint: `mend \`${what}\` of the rule`,
  };
}
