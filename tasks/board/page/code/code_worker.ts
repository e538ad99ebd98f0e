/// <reference lib="deno.worker" />
/**
 * Runs the code of a network, in a worker for it alone, which keeps nothing: the policy of
 * the frame that starts it forbids every request, and whatever else a browser gives to workers is
 * taken away before. The page ends it. `deno task generate` bundles it into `_code.js.ts`.
 */
import { toJSON } from "../../../../dsl/net/json.ts";
import { isNet } from "../../../../dsl/net/net.ts";
import { misfit } from "../../../../dsl/problem/expect.ts";
import { show } from "../../../../dsl/problem/show.ts";
import { left, problemAt, ProblemError, type Result, right } from "../../../fp.ts";
import { isOfJavaScript } from "./kept.ts";
import * as language from "./language.ts";

const tell: (result: Result<string>) => void = self.postMessage.bind(self);

self.onmessage = ({ data }: MessageEvent<string>) => tell(made(data));

for (let at: object = globalThis; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
  for (const name of Object.getOwnPropertyNames(at)) {
    if (!isOfJavaScript(name)) Reflect.deleteProperty(at, name);
  }
}

Object.assign(globalThis, language);

const HINT =
  "such as chain(conv(16, { kernel: 3 }), stage(1, 2, 1), globalAveragePool(), dense(10))";

/** The network that a code ends with, as JSON. */
function made(code: string): Result<string> {
  try {
    const value: unknown = (0, eval)(code);
    if (!isNet(value)) throw misfit("the last line is a network", show(value), "a network", HINT);
    return right(toJSON(value));
  } catch (error) {
    return left(error instanceof ProblemError ? error.problems : [thrown(error)]);
  }
}

function thrown(error: unknown) {
  return problemAt({ path: "", layer: "code", code: "code-throws" }, {
    rule: "the code must run",
    got: `${error}`,
    wanted: "lines of which the last is a network",
    hint: HINT,
  });
}
