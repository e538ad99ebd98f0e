/** What the board's server answers at an address, or a file of an exported board. */
import type { Problem } from "../../../dsl/problem/problem.ts";
import { fail, left, type Result, right } from "../../../dsl/problem/result.ts";
import { isExportedAt } from "../exported.ts";
import type { Refused } from "../wire.ts";

/** What is read of the answer to a request to an address, or its problems. */
export async function answerAt<A>(
  address: string,
  read: (answer: Response) => Promise<A>,
  request: RequestInit = {},
): Promise<Result<A>> {
  const isExported = isExportedAt(address);
  try {
    const answer = await fetch(address, request);
    if (answer.ok) return right(await read(answer));
    if (isExported) return fail(notThere(address, `status ${answer.status}`));
    const { problems }: Refused = await answer.json();
    return left(problems);
  } catch (error) {
    return fail(isExported ? notThere(address, `${error}`) : unreachable(`${error}`));
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
    hint: "start it again in its terminal",
  };
}

function notThere(address: string, got: string): Problem {
  return {
    path: address,
    layer: "file",
    code: "no-answer",
    rule: "an exported board shows what was there when it was exported",
    got,
    wanted: "the file",
    hint: "choose something else; a run that has weights by now can be exported anew",
  };
}
