/** `deno task pack RUN`: makes a finished run one of the pretrained networks in `nets/pretrained`. */
import { printable } from "../../dsl/problem/escape.ts";
import { fromFileUrl } from "@std/path";
import { orThrow } from "../fp.ts";
import { runCommand } from "../cli/arguments.ts";
import type { Given } from "../cli/command.ts";
import { engineChoice } from "../cli/engine_options.ts";
import { dataStatus } from "../terminal/data_status.ts";
import { count } from "../terminal/format.ts";
import { standardOutput } from "../terminal/terminal.ts";
import { packCommand } from "./options.ts";
import { pack } from "./pack.ts";

if (import.meta.main) await runCommand(packCommand, ({ run }) => `pack ${run}`, main);

async function main(given: Given<typeof packCommand>): Promise<void> {
  const { run, command } = given;
  const into = fromFileUrl(new URL("../../nets/pretrained", import.meta.url));
  const { clear, ...status } = dataStatus();
  const packed = await pack(run, { into, command, ...engineChoice(given), ...status });
  clear();
  const { folder, bytes, card } = orThrow(packed);
  const line = printable(`${folder} holds ${count(bytes)} bytes of weights`);
  standardOutput().write(`${line}\n\n${card}`);
}
