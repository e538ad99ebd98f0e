/**
 * The program for command lines that come one after another: each line of standard input is one, as a
 * list in JSON, and is run as a process of its own would run it. Its exit code ends what it wrote, on
 * both streams, between two NULs.
 */
import { TextLineStream } from "@std/streams";
import { netfold } from "../../tasks/cli/main.ts";
import { codeOf } from "../../tasks/cli/task.ts";
import { standardError } from "../../tasks/terminal/terminal.ts";

const text = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
const lines: ReadableStream<string> = text.pipeThrough(new TextLineStream());
for await (const line of lines) {
  let code: number;
  try {
    code = await netfold(JSON.parse(line));
  } catch (error) {
    code = codeOf(error, standardError());
  }
  const end = new TextEncoder().encode(`\0${code}\0`);
  for (const stream of [Deno.stdout, Deno.stderr]) stream.writeSync(end);
}
Deno.exit();
