/** The network that code describes. */
import { fail, type Result } from "../../../../dsl/problem/result.ts";
import type { Problem } from "../../../../dsl/problem/problem.ts";

/** Where the server has the script of the worker that runs code. */
const SCRIPT = "/code.js";

/** Milliseconds after which code is ended. */
const MOST_MS = 2000;

/** Runs code in a worker of its own, and gives its network as JSON. */
export function evaluated(code: string): Promise<Result<string>> {
  const { promise, resolve } = Promise.withResolvers<Result<string>>();
  const worker = new Worker(SCRIPT, { type: "module" });
  const timer = setTimeout(() => resolve(fail(problem(TOO_LONG))), MOST_MS);
  worker.addEventListener("message", ({ data }: MessageEvent<Result<string>>) => resolve(data));
  worker.addEventListener("error", ({ message = "no answer" }) => {
    resolve(fail(problem({ ...NOT_LOADED, got: message })));
  });
  worker.postMessage(code);
  return promise.finally(() => {
    clearTimeout(timer);
    worker.terminate();
  });
}

type Words = Pick<Problem, "code" | "rule" | "got" | "wanted" | "hint">;

const TOO_LONG: Words = {
  code: "code-takes-long",
  rule: "code is ended after two seconds",
  got: "code that still runs",
  wanted: "code that soon comes to its network",
  hint: "see that its loops end",
};

const NOT_LOADED: Words = {
  code: "no-answer",
  rule: "what runs code is loaded from the board's server",
  got: "",
  wanted: "its script",
  hint: "see that the board still runs in its terminal, and load the page anew",
};

function problem(words: Words): Problem {
  return { path: "", layer: "code", ...words };
}
