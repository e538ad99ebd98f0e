/**
 * Executes a notebook in Deno's Jupyter kernel and writes what each cell gives,
 * a line of JSON a cell, in a process of its own, for tests have no permission
 * to use the network:
 *
 *     _execute.ts NOTEBOOK FOLDER
 *
 * The connection file is in FOLDER, and what the notebook writes. Messages are
 * those of Jupyter's protocol 5.3.
 */
import { fromFileUrl, join } from "@std/path";
import { retry } from "@std/async/retry";
import { Socket } from "./_zmtp.ts";

/** What a cell has given. */
export interface CellOutput {
  /** The texts of what it shows, by MIME type. */
  readonly shown: readonly Readonly<Record<string, string>>[];
  /** What it has written. */
  readonly text: string;
  /** Why it failed. */
  readonly error?: string;
}

const [notebook = "", folder = ""] = Deno.args;
const [KEY, SESSION] = [crypto.randomUUID(), crypto.randomUUID()];
const MARK = "<IDS|MSG>";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const secret = await crypto.subtle.importKey(
  "raw",
  encoder.encode(KEY),
  { name: "HMAC", hash: "SHA-256" },
  false,
  ["sign"],
);

/** A message of the kernel's. */
interface Message {
  readonly type: string;
  /** The request that it answers. */
  readonly parent: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** Sends a request and gives its name. */
async function request(shell: Socket, type: string, content: unknown): Promise<string> {
  const id = crypto.randomUUID();
  const date = new Date().toISOString();
  const header = { msg_id: id, session: SESSION, username: "test", date, msg_type: type };
  const parts = [{ ...header, version: "5.3" }, {}, {}, content].map((part) =>
    JSON.stringify(part)
  );
  const signature = await crypto.subtle.sign("HMAC", secret, encoder.encode(parts.join("")));
  const all = [MARK, new Uint8Array(signature).toHex(), ...parts];
  await shell.send(all.map((part) => encoder.encode(part)));
  return id;
}

async function messageOf(socket: Socket): Promise<Message> {
  const parts = (await socket.receive()).map((part) => decoder.decode(part));
  const [header = "{}", parent = "{}", , content = "{}"] = parts.slice(parts.indexOf(MARK) + 2);
  return {
    type: JSON.parse(header).msg_type,
    parent: JSON.parse(parent).msg_id,
    content: JSON.parse(content),
  };
}

/** What each request has given so far, by its name. */
const outputs = new Map<string, CellOutput>();

/** Takes note of a message; gives the request that it says to be done, if it does. */
function take({ type, parent, content }: Message): string | undefined {
  const output = outputs.get(parent);
  if (output === undefined) return undefined;
  const { shown, text } = output;
  if (type === "stream") outputs.set(parent, { ...output, text: text + content.text });
  if (type === "error") {
    const error = `${content.ename}: ${content.evalue} ${content.traceback}`;
    outputs.set(parent, { ...output, error });
  }
  if (type === "execute_result" || type === "display_data") {
    const data = content.data as Readonly<Record<string, string>>;
    outputs.set(parent, { ...output, shown: [...shown, data] });
  }
  return type === "status" && content.execution_state === "idle" ? parent : undefined;
}

/** Executes a cell. Its result may come after the kernel has said that it is done. */
async function execute(shell: Socket, told: Socket, code: string): Promise<void> {
  const id = await request(shell, "execute_request", {
    ...{ code, silent: false, store_history: true, user_expressions: {} },
    ...{ allow_stdin: false, stop_on_error: true },
  });
  outputs.set(id, { shown: [], text: "" });
  while (take(await messageOf(told)) !== id);
}

/** Milliseconds without a message after which none is expected. */
const SILENCE = 1000;

/** Takes what comes after the last cell is done. */
async function untilSilence(told: Socket): Promise<void> {
  for (;;) {
    const silence = new Promise<undefined>((resolve) => setTimeout(resolve, SILENCE, undefined));
    const message = await Promise.race([messageOf(told), silence]);
    if (message === undefined) return;
    take(message);
  }
}

/** Ports that are free at this moment. */
function freePorts(count: number): readonly number[] {
  const listeners = Array.from({ length: count }, () => {
    return Deno.listen({ hostname: "127.0.0.1", port: 0 });
  });
  const ports = listeners.map(({ addr }) => (addr as Deno.NetAddr).port);
  for (const listener of listeners) listener.close();
  return ports;
}

const [shellPort = 0, told = 0, stdin = 0, control = 0, heart = 0] = freePorts(5);
const connection = join(folder, "connection.json");
await Deno.writeTextFile(
  connection,
  JSON.stringify({
    ...{ ip: "127.0.0.1", transport: "tcp", signature_scheme: "hmac-sha256", key: KEY },
    ...{ shell_port: shellPort, iopub_port: told, stdin_port: stdin },
    ...{ control_port: control, hb_port: heart, kernel_name: "deno" },
  }),
);
const kernel = new Deno.Command(Deno.execPath(), {
  args: ["jupyter", "--kernel", "--conn", connection],
  // Where the imports of the package are known.
  cwd: fromFileUrl(new URL("../../", import.meta.url)),
  env: { TMPDIR: folder },
  ...{ stdin: "null", stdout: "null", stderr: "inherit" },
}).spawn();
try {
  const connect = (port: number, type: "DEALER" | "SUB") =>
    retry(() => Socket.connect(port, type), { maxAttempts: 60, maxTimeout: 1000 });
  using shell = await connect(shellPort, "DEALER");
  using hears = await connect(told, "SUB");
  // A kernel tells nothing to whom it does not know yet.
  const first = messageOf(hears);
  let isHeard = false;
  first.then(() => isHeard = true);
  while (!isHeard) {
    await request(shell, "kernel_info_request", {});
    await Promise.race([first, new Promise((resolve) => setTimeout(resolve, 100))]);
  }
  const { cells } = JSON.parse(await Deno.readTextFile(notebook));
  for (const { cell_type, source } of cells) {
    if (cell_type !== "code") continue;
    await execute(shell, hears, [source].flat().join(""));
  }
  await untilSilence(hears);
  for (const output of outputs.values()) console.log(JSON.stringify(output));
} finally {
  kernel.kill("SIGKILL");
  await kernel.status;
}
