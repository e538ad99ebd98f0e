/**
 * Values of a user's own that bring functions along: rules, losses, optimisers ... Whether they are
 * literals or instances of classes, what is read of them is judged once and copied, its functions
 * bound, so that nothing is lost where they are spread or taken apart.
 */
import { expected, unknownOption, type Wanted, type WantedOf } from "./expect.ts";
import type { Problem } from "./problem.ts";
import { left, type Result, right } from "./result.ts";
import { show } from "./show.ts";
import { orThrow } from "./throw.ts";

/** A literal shows every key that it has; an instance of a class may hold what is its own business. */
function isLiteral(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** What is read of a value of a user's own, or everything that is wrong with it. */
export function readOwn<T extends object>(
  given: T,
  wanted: WantedOf<T>,
  { path = "", layer = "argument" }: { readonly path?: string; readonly layer?: string } = {},
): Result<T> {
  const fields = new Map<string, Wanted>(Object.entries(wanted));
  const names = [...fields.keys()];
  const at = (name: string) => path === "" ? name : `${path}.${name}`;
  const unknown = isLiteral(given) ? Object.keys(given).filter((key) => !fields.has(key)) : [];
  const read = names.map((name): readonly [string, unknown] => [name, Reflect.get(given, name)]);
  const problems: readonly Problem[] = [
    ...unknown.map((name) => unknownOption(name, names, at(name))),
    ...read.flatMap(([name, value]) => {
      const one = fields.get(name);
      return one === undefined || one.fits(value) ? [] : [{
        path: at(name),
        layer,
        code: "invalid-argument",
        rule: `${name} must be ${one.wanted}`,
        got: show(value),
        wanted: one.wanted,
        hint: one.hint ?? "",
      }];
    }),
  ];
  if (problems.length > 0) return left(problems);
  const copied = read.filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, typeof value === "function" ? value.bind(given) : value]);
  // Every field has been judged, and there are no others.
  return right(Object.fromEntries(copied) as T);
}

/**
 * What is read of a value of a user's own.
 *
 * @throws {ProblemError} When it is no object, or something in it is wrong, missing or unknown.
 */
export function ownValue<T extends object>(given: T, wanted: WantedOf<T>, what: string): T {
  const fits = (value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const hint = `give { ${Object.keys(wanted).join(", ")} }`;
  return orThrow(readOwn(expected(given, { fits, wanted: what, hint }), wanted));
}
