/** Arrays that find no room in memory: a problem, not an error that nobody foresaw. */
import type { Problem } from "../../dsl/problem/problem.ts";
import { ProblemError } from "../../dsl/problem/throw.ts";

/** A length below 0 is a fault, not a lack of memory. */
const NO_ROOM = /allocation failed|^Invalid (typed array|array buffer) length(: \d+)?$/;

/** The problem behind an error that a new array threw; nothing for other errors. */
export function noRoom(error: unknown): Problem | undefined {
  if (!(error instanceof RangeError)) return undefined;
  if (!NO_ROOM.test(error.message)) return undefined;
  return {
    path: "memory",
    layer: "machine",
    code: "out-of-memory",
    rule: "the work must fit the memory",
    got: error.message,
    wanted: "room for every tensor",
    hint: "use a smaller batch or a smaller network",
  };
}

/** Work whose arrays may find no room. */
export async function withinMemory<A>(work: () => Promise<A>): Promise<A> {
  try {
    return await work();
  } catch (error) {
    const problem = noRoom(error);
    throw problem === undefined ? error : new ProblemError([problem]);
  }
}
