/**
 * How tasks fail: the one door to results, to what is done with them, and to fp-ts.
 *
 * A value goes through a `pipe`; each step is a function of one argument.
 *
 * - `E.map`, `E.flatMap`, `E.mapLeft`: what follows a step that can fail.
 * - `E.Do`, `E.bindW("name", ({ earlier }) => ...)`, `E.let`: steps that later ones look back at.
 * - `TE.*`, the same words, for steps that wait; a `TaskEither` is a function without arguments
 *   that gives a promise of a {@link Result}, so `() => readFile(path)` is one.
 * - {@link all} and {@link allOf}: checks that do not need each other, every problem gathered.
 * - `RA.separate`: keep what succeeded and report what failed; `E.mapLeft(RA.map(change))`: change
 *   every problem.
 * - {@link unless}: a value, unless something is wrong with it.
 * - `attempt(async () => { ... orThrow(await step()) ... })`: work with loops, and with what must
 *   be given back, that ends at its first failure.
 * - {@link problemAt} and {@link refused}: a problem, by its place and its words.
 *
 * `E.bind` and `sequenceS` are not for use: Deno does not resolve the declarations
 * (`declare module "./HKT"`) that give them their types. Below `mod.ts` there is no fp-ts.
 */
import * as E from "fp-ts/Either.js";
import { pipe } from "fp-ts/function.js";
import * as RA from "fp-ts/ReadonlyArray.js";
import * as TE from "fp-ts/TaskEither.js";
import type { Problem } from "../dsl/problem/problem.ts";
import { fail, type Left, type Result } from "../dsl/problem/result.ts";

export { E, pipe, RA, TE };
export type { Problem } from "../dsl/problem/problem.ts";
export { type Either, fail, type Left, left, type Result, right } from "../dsl/problem/result.ts";
export { attempt, orThrow, ProblemError } from "../dsl/problem/throw.ts";

/** A result that must be waited for: fp-ts's `TaskEither` of problems. */
export type TaskResult<A> = () => Promise<Result<A>>;

/** The value, unless there are problems. */
export function unless<A>(problems: readonly Problem[], value: A): Result<A> {
  return problems.length > 0 ? E.left(problems) : E.right(value);
}

/** What is wrong, in words; without a hint where there is none to give. */
export type Words = Pick<Problem, "rule" | "got" | "wanted"> & Partial<Pick<Problem, "hint">>;

/** A problem of a kind at a place. */
export function problemAt(
  place: Pick<Problem, "path" | "layer" | "code">,
  words: Words,
): Problem {
  return { ...place, ...words, hint: words.hint ?? "" };
}

/** Fails with {@link problemAt}. */
export function refused(
  place: Pick<Problem, "path" | "layer" | "code">,
  words: Words,
): Left<readonly Problem[]> {
  return fail(problemAt(place, words));
}

/**
 * A record of results as the result of a record: its values, or all problems.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { right } from "../dsl/problem/result.ts";
 * import { all } from "./fp.ts";
 *
 * assertEquals(all({ rate: right(0.1), name: right("sgd") }), right({ rate: 0.1, name: "sgd" }));
 * ```
 */
export function all<A extends object>(
  results: { readonly [K in keyof A]: Result<A[K]> },
): Result<A> {
  const names = Object.keys(results);
  return pipe(allOf<unknown>(Object.values(results)), E.map((values) => named<A>(names, values)));
}

/** A list of results as the result of a list: its values in order, or all problems. */
export function allOf<A>(results: readonly Result<A>[]): Result<readonly A[]> {
  const { left, right } = RA.separate(results);
  return left.length > 0 ? E.left(left.flat()) : E.right(right);
}

/** {@link all} for results that must be waited for, all at the same time. */
export function allAsync<A extends object>(
  tasks: { readonly [K in keyof A]: TaskResult<A[K]> },
): TaskResult<A> {
  const names = Object.keys(tasks);
  return pipe(allOfAsync<unknown>(Object.values(tasks)), TE.map((values) => named(names, values)));
}

/** {@link allOf} for results that must be waited for, all at the same time. */
export function allOfAsync<A>(tasks: readonly TaskResult<A>[]): TaskResult<readonly A[]> {
  return async () => allOf(await Promise.all(tasks.map((task) => task())));
}

/** Work that throws or rejects as a task; what was thrown becomes a problem. */
export function tried<A>(
  work: () => A | Promise<A>,
  problem: (error: unknown) => Problem,
): TaskResult<A> {
  return async () => {
    try {
      return E.right(await work());
    } catch (error) {
      return E.left([problem(error)]);
    }
  };
}

/** Values under their names again; the one cast, as `Object.keys` forgets which names there were. */
function named<A extends object>(names: readonly string[], values: readonly unknown[]): A {
  return Object.fromEntries(names.map((name, i) => [name, values[i]])) as A;
}
