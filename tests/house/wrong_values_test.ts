/**
 * Every exported function called from plain JavaScript with what it does not take: a problem, and
 * neither an accident within nor a silent success. The functions are those of all entries of
 * `deno.json`, and their parameters are read off their sources, so that a new one is under this law
 * as it is. Which values are right is told in `_right_values.ts`.
 */
import { assert } from "@std/assert";
import fc from "fast-check";
import * as netfold from "../../mod.ts";
import { isNet } from "../../dsl/net/net.ts";
import { show } from "../../dsl/problem/show.ts";
import { ProblemError } from "../../dsl/problem/throw.ts";
import { type Callable, isClass, type Parameter, parametersOf } from "./_parameters.ts";
import { exported } from "./_exported.ts";
import { ANY, listsOfWrong, NOTHING, OWN, RIGHT } from "./_right_values.ts";

/** The kind of a value; a function that takes one of a kind may take others of it. */
function kindOf(value: unknown): string {
  if (value === null || Number.isNaN(value)) return `${value}`;
  if (Array.isArray(value)) return "list";
  return ArrayBuffer.isView(value) ? "numbers" : typeof value;
}

const targeted = [
  ...[undefined, null, 3, -1.5, NaN, "x", "", true, 10n, Symbol("x"), () => 3],
  ...listsOfWrong,
  ...[[], {}, { unknwon: 1 }, { kind: "x" }, new Float32Array(3)],
];

/** Whether a value may be a right one for a parameter. */
function mayBeRight(value: unknown, optional: boolean, right: readonly unknown[]): boolean {
  if (value === undefined && optional || right.includes(value)) return true;
  return right.some((one) => {
    if (kindOf(one) !== kindOf(value)) return false;
    const kind = kindOf(one);
    if (kind === "object") {
      return Object.keys(value as object).length === 0 && netfold.equal(one, {});
    }
    return kind !== "list" || !listsOfWrong.includes(value);
  });
}

/** What comes of a call: the codes of its problems, or what came instead. */
async function outcome(called: Callable, args: readonly unknown[]): Promise<readonly string[]> {
  const codes = (problems: readonly netfold.Problem[]) => problems.map(({ code }) => code);
  try {
    const given: unknown = await (isClass(called)
      ? Reflect.construct(called, args)
      : Reflect.apply(called, undefined, args));
    const found = isNet(given) ? netfold.plan(given, [8, 8, 3]) : given;
    if (typeof found === "object" && found !== null && "left" in found) {
      return codes(found.left as readonly netfold.Problem[]);
    }
    return [`no problem: ${typeof given}`];
  } catch (error) {
    return error instanceof ProblemError ? codes(error.problems) : [`${error}`];
  }
}

/** The right values of a parameter of a function. */
function rightOf(name: string, parameter: Parameter): readonly unknown[] {
  const own = OWN[name]?.[parameter.name] ?? RIGHT[parameter.name];
  return own ?? (parameter.name === "{}" && parameter.optional ? [{}] : []);
}

/** Parameters in which a wrong value is always told of as an argument. */
const JUDGED = ["plan", "net", "nets", "branches", "body", "graph", "diagram", "diff", "before"];

for (const [called, name] of exported) {
  if (Object.hasOwn(ANY, name)) continue;
  const parameters = parametersOf(called);
  const right = parameters.map((parameter) => rightOf(name, parameter));
  const usual = parameters.map(({ optional }, i) => optional ? undefined : right[i]?.[0]);
  const assertProblem = async (args: readonly unknown[], place?: string) => {
    const codes = await outcome(called, args);
    const told = codes.length > 0 && codes.every((code) => /^[a-z0-9-]+$/.test(code));
    assert(told, `${name}(${args.map(show).join(", ")}): ${codes}`);
    if (place === undefined || !JUDGED.includes(place)) return;
    assert(["invalid-argument", "not-a-network"].includes(codes.join()), `${name}(): ${codes}`);
  };
  Deno.test(`${name}() of wrong values is a problem`, async () => {
    const needs = parameters.some(({ optional }) => !optional) && !Object.hasOwn(NOTHING, name);
    if (needs) await assertProblem([]);
    for (const [i, { name: place, optional }] of parameters.entries()) {
      const refused = async (value: unknown) => {
        if (!mayBeRight(value, optional, right[i] ?? [])) {
          await assertProblem(usual.with(i, value), place);
        }
      };
      for (const value of targeted) await refused(value);
      await fc.assert(fc.asyncProperty(fc.anything(), refused), { numRuns: 20 });
    }
  });
}
