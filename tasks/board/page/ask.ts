/** Asking the board's server. */
import type { Problem } from "../../../dsl/problem/problem.ts";
import { fail, left, type Result, right } from "../../../dsl/problem/result.ts";
import type { Refused } from "../wire.ts";

/** What the server answers at an address, which gives an `A` or problems. */
export async function ask<A>(
  path: string,
  given: readonly (readonly [string, string])[] = [],
): Promise<Result<A>> {
  try {
    const query = new URLSearchParams(given.map(([name, value]) => [name, value]));
    const answer = await fetch(`/api/${path}?${query}`);
    if (answer.ok) return right<A>(await answer.json());
    const { problems }: Refused = await answer.json();
    return left(problems);
  } catch (error) {
    return fail(unreachable(`${error}`));
  }
}

function unreachable(got: string): Problem {
  return {
    path: location.origin,
    layer: "server",
    code: "no-answer",
    rule: "the board's server must run",
    got,
    wanted: "an answer",
    hint: "start it again in its terminal, and load the page anew",
  };
}
