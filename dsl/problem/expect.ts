/** Arguments that are not what a function takes: a script in plain JavaScript may give anything. */
import { show } from "./show.ts";
import { ProblemError } from "./throw.ts";

/**
 * An argument, once it is what a function takes.
 *
 * @throws {ProblemError} When it is something else.
 */
export function expected<T>(
  value: T,
  { fits, wanted, hint }: {
    readonly fits: (value: unknown) => boolean;
    readonly wanted: string;
    readonly hint: string;
  },
): T {
  if (fits(value)) return value;
  throw new ProblemError([{
    path: "",
    layer: "argument",
    code: "invalid-argument",
    rule: `the argument must be ${wanted}`,
    got: show(value),
    wanted,
    hint,
  }]);
}
