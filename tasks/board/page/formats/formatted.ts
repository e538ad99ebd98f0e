/** A network as other programs read it, which a worker of its own writes. */
import { toJSON } from "../../../../dsl/net/json.ts";
import { fail } from "../../../../dsl/problem/result.ts";
import type { ZooNetwork } from "../../../../nets/zoo.ts";
import type { Asked, Format, Told } from "./formats_worker.ts";

/** Where its script is. */
const SCRIPT = "formats.js";

/** Writes a network with initial weights, or says why it cannot be written so. */
export async function formatted(format: Format, { net, input, name }: ZooNetwork): Promise<Told> {
  const worker = new Worker(SCRIPT, { type: "module" });
  const { promise, resolve } = Promise.withResolvers<Told>();
  worker.addEventListener("message", ({ data }: MessageEvent<Told>) => resolve(data));
  worker.addEventListener("error", ({ message }) => resolve(fail(notWritten(message))));
  const asked: Asked = { format, json: toJSON(net), input, name };
  worker.postMessage(asked);
  return await promise.finally(() => worker.terminate());
}

function notWritten(got: string | undefined) {
  return {
    path: SCRIPT,
    layer: "page",
    code: "no-answer",
    rule: "the network is written by a script of the board, in memory that the browser has",
    got: got || "no answer",
    wanted: "the script, and room for the weights",
    hint: "see that the board is still there, or write it with deno task export",
  };
}
