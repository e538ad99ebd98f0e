/**
 * The network that code describes. It runs in workers of a frame, whose policy they are under: so it
 * is also where files are served without headers.
 */
import { fail, type Result } from "../../../../dsl/problem/result.ts";
import type { Problem } from "../../../../dsl/problem/problem.ts";

/** The frame's page, and the script of its workers. */
const [FRAME, SCRIPT] = ["code.html", "code.js"];

/** Milliseconds after which code is ended. */
const MOST_MS = 2000;

/** How workers of the frame are started, once it is there. */
let starting: Promise<() => Worker> | undefined;

/** Runs code in a worker of its own, and gives its network as JSON. */
export async function evaluated(code: string): Promise<Result<string>> {
  let worker: Worker;
  try {
    worker = (await (starting ??= openFrame()))();
  } catch (error) {
    starting = undefined;
    return fail(problem({ ...NOT_LOADED, got: `${error}` }));
  }
  const { promise, resolve } = Promise.withResolvers<Result<string>>();
  const timer = setTimeout(() => resolve(fail(problem(TOO_LONG))), MOST_MS);
  worker.addEventListener("message", ({ data }: MessageEvent<Result<string>>) => resolve(data));
  worker.addEventListener("error", ({ message = "no answer" }) => {
    resolve(fail(problem({ ...NOT_LOADED, got: message })));
  });
  worker.postMessage(code);
  return await promise.finally(() => {
    clearTimeout(timer);
    worker.terminate();
  });
}

/** Opens the frame, which nobody sees. A worker is under the policy of the document that made its address. */
async function openFrame(): Promise<() => Worker> {
  const answer = await fetch(SCRIPT);
  if (!answer.ok) throw new Error(`${SCRIPT}: status ${answer.status}`);
  const frame = document.createElement("iframe");
  frame.hidden = true;
  frame.src = FRAME;
  const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
  document.body.append(frame);
  await loaded;
  const { contentDocument, contentWindow } = frame;
  // What a server shows in the place of a missing file has no such policy.
  const policy = contentDocument?.querySelector("meta[http-equiv=Content-Security-Policy]");
  if (!policy || contentWindow === null) {
    frame.remove();
    throw new Error(`${FRAME} cannot be loaded`);
  }
  const { Blob, URL, Worker } = contentWindow.window;
  const script = new Blob([await answer.text()], { type: "text/javascript" });
  const address = URL.createObjectURL(script);
  return () => new Worker(address, { type: "module" });
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
  rule: "what runs code is loaded from where the board is",
  got: "",
  wanted: "its script",
  hint: "see that the board is still there, and load the page anew",
};

function problem(words: Words): Problem {
  return { path: "", layer: "code", ...words };
}
