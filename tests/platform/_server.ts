/**
 * Serves the files of a folder to a browser, in a process of its own, for tests
 * have no permission to use the network:
 *
 *     _server.ts FOLDER open|isolated
 *
 * Its first line is the port, every other one what a page posts to `/answer`.
 */
import { join } from "@std/path";

const [folder = "", origins = ""] = Deno.args;

const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css",
  html: "text/html",
  js: "text/javascript",
  json: "application/json",
  bin: "application/octet-stream",
  safetensors: "application/octet-stream",
  svg: "image/svg+xml",
  wasm: "application/wasm",
};

async function answer(request: Request): Promise<Response> {
  const name = new URL(request.url).pathname.slice(1).replace(/(^|\/)$/, "$1index.html");
  if (name === "answer") console.log(await request.text());
  const type = TYPES[name.split(".").at(-1) ?? ""];
  if (type === undefined) return new Response(null, { status: 404 });
  const headers = { ...origins === "isolated" ? ISOLATION : {}, "Content-Type": type };
  try {
    return new Response(await Deno.readFile(join(folder, name)), { headers });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return new Response(null, { status: 404 });
  }
}

const onListen = ({ port }: Deno.NetAddr): void => console.log(port);
const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen }, answer);
await Deno.stdin.readable.pipeTo(new WritableStream());
await server.shutdown();
