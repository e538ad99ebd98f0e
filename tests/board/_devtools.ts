/**
 * Talks to a browser's page by the DevTools protocol, in a process of its own, for tests have no
 * permission to use the network:
 *
 *     _devtools.ts PORT
 *
 * Each line is a command, `{ method, params }`; its answer is a line too. `{ method: "complaints" }`
 * is answered with what the page has complained of since it was asked last.
 *
 * Source: https://chromedevtools.github.io/devtools-protocol/
 */
import { TextLineStream } from "@std/streams";

interface Target {
  readonly type: string;
  readonly webSocketDebuggerUrl: string;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
}

const [port = ""] = Deno.args;
const targets: readonly Target[] = await (await fetch(`http://127.0.0.1:${port}/json`)).json();
const { webSocketDebuggerUrl = "" } = targets.find(({ type }) => type === "page") ?? {};
const socket = new WebSocket(webSocketDebuggerUrl);
await new Promise((resolve) => socket.addEventListener("open", resolve));

const waiting = new Map<number, (answer: string) => void>();
let complaints: unknown[] = [];

socket.addEventListener("message", ({ data }) => {
  const { id, method, params }: Message = JSON.parse(data);
  if (id !== undefined) waiting.get(id)?.(data);
  if (method === "Runtime.exceptionThrown" || method === "Log.entryAdded") complaints.push(params);
});

let sent = 0;

async function answer(line: string): Promise<string> {
  const command = JSON.parse(line);
  if (command.method === "complaints") {
    const told = JSON.stringify(complaints);
    complaints = [];
    return told;
  }
  const id = ++sent;
  const answered = new Promise<string>((resolve) => waiting.set(id, resolve));
  socket.send(JSON.stringify({ ...command, id }));
  return await answered;
}

console.log("ready");
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream());
for await (const line of lines) console.log(await answer(`${line}`));
socket.close();
