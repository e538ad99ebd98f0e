/** Asking the board's server. */
import type { Problem } from "../../../dsl/problem/problem.ts";
import { fail, left, type Result, right } from "../../../dsl/problem/result.ts";
import type { Refused } from "../wire.ts";

/** What the server answers to a question, which gives an `A` or problems. */
export function ask<A>(
  path: string,
  given: readonly (readonly [string, string])[] = [],
): Promise<Result<A>> {
  const query = new URLSearchParams(given.map(([name, value]) => [name, value]));
  return answerAt(`/api/${path}?${query}`, (answer): Promise<A> => answer.json());
}

/** What is read of the server's answer at an address, or its problems. */
export async function answerAt<A>(
  address: string,
  read: (answer: Response) => Promise<A>,
): Promise<Result<A>> {
  try {
    const answer = await fetch(address);
    if (answer.ok) return right(await read(answer));
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
