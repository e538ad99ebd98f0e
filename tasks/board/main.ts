/** `deno task board`: runs and networks on a page that this machine alone can see. */
import { resolve } from "@std/path";
import { printable } from "../../dsl/problem/escape.ts";
import { type Run, runner } from "../cli/arguments.ts";
import type { Given } from "../cli/command.ts";
import { attempt, orThrow, refused, type Result, right } from "../fp.ts";
import { runFolders } from "../runs/find.ts";
import { standardOutput } from "../terminal/terminal.ts";
import { answer } from "./_answer.ts";
import { boardCommand, PORT } from "./options.ts";

export const run: Run = runner(boardCommand, () => "show the board", main);

async function main({ runs, port = PORT }: Given<typeof boardCommand>): Promise<void> {
  if (runs !== undefined) orThrow(await attempt(() => runFolders(runs)));
  const server = orThrow(serve(resolve(runs ?? "runs"), port));
  const output = standardOutput();
  output.write(`http://127.0.0.1:${server.addr.port}/\n`);
  output.write(`the runs in ${printable(runs ?? "runs")}; Ctrl-C ends it\n`);
  await server.finished;
}

function serve(root: string, port: number): Result<Deno.HttpServer<Deno.NetAddr>> {
  try {
    const options = { hostname: "127.0.0.1", port, onListen: () => {} };
    const server: Deno.HttpServer<Deno.NetAddr> = Deno.serve(
      options,
      (request) => answer(request, root, server.addr.port),
    );
    return right(server);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    return refused({ path: "--port", layer: "option", code: "port-in-use" }, {
      rule: "the port must be free",
      got: `${port}, where a program listens already`,
      wanted: "a free port",
      hint: "choose another one, or let the system choose: --port 0",
    });
  }
}
