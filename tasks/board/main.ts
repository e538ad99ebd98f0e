/**
 * `deno task board`: runs and networks on a page that this machine alone can see, or as files for any
 * web server.
 */
import { resolve } from "@std/path";
import { bytes } from "../../dsl/problem/digits.ts";
import { printable } from "../../dsl/problem/escape.ts";
import { renderProblems } from "../../dsl/problem/render.ts";
import { type Run, runner } from "../cli/arguments.ts";
import type { Given } from "../cli/command.ts";
import { EXIT } from "../cli/exit.ts";
import { attempt, orThrow, refused, type Result, right } from "../fp.ts";
import { runFolders } from "../runs/find.ts";
import { onInterrupt } from "../terminal/interrupt.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";
import { answer } from "./_answer.ts";
import { exportBoard, type ExportOptions } from "./_export.ts";
import { boardRuns } from "./_runs.ts";
import type { Trainings } from "./_trainings.ts";
import { boardCommand, PORT } from "./options.ts";

export const run: Run = runner(
  boardCommand,
  ({ export: folder }) => `${folder === undefined ? "show" : "export"} the board`,
  main,
);

async function main(given: Given<typeof boardCommand>): Promise<number | void> {
  const { runs, port = PORT, export: folder, folders, train = false } = given;
  if (runs !== undefined) orThrow(await attempt(() => runFolders(runs)));
  const root = resolve(runs ?? "runs");
  if (folder !== undefined) return await writeBoard(folder, { root, named: folders });
  const trainings = train
    ? orThrow(await (await import("./_trainings.ts")).openTrainings(root))
    : undefined;
  const server = orThrow(serve(root, port, trainings));
  const output = standardOutput();
  output.write(`http://127.0.0.1:${server.addr.port}/\n`);
  output.write(`the runs in ${printable(runs ?? "runs")}; Ctrl-C ends it\n`);
  // Whoever opens the page finds them read; what is wrong with them is told to the page.
  boardRuns(root).catch(() => {});
  if (trainings === undefined) return await server.finished;
  await interrupted();
  standardError().write("stopping what the board has started\n");
  await trainings.end();
  return EXIT.interrupted;
}

/** Waits for Ctrl-C; another one ends the process at once. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => onInterrupt(resolve));
}

async function writeBoard(folder: string, options: ExportOptions): Promise<void> {
  const { runs, problems, ...written } = orThrow(await exportBoard(folder, options));
  const held = `${runs} ${runs === 1 ? "run" : "runs"}, ${bytes(written.bytes)}`;
  standardOutput().write(`${printable(folder)} holds the board with ${held}\n`);
  if (problems.length > 0) {
    standardError().write(`\nleft out:\n${renderProblems(problems)}\n`);
  }
}

function serve(
  root: string,
  port: number,
  trainings?: Trainings,
): Result<Deno.HttpServer<Deno.NetAddr>> {
  try {
    const options = { hostname: "127.0.0.1", port, onListen: () => {} };
    const server: Deno.HttpServer<Deno.NetAddr> = Deno.serve(
      options,
      (request) => answer(request, root, server.addr.port, trainings),
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
