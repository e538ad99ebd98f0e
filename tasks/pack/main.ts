/** `deno task pack RUN`: makes a finished run one of the pretrained networks in `nets/pretrained`. */
import { printable } from "../../dsl/problem/escape.ts";
import { fromFileUrl } from "@std/path";
import { orThrow, problemAt, ProblemError } from "../fp.ts";
import { type Run, runner } from "../cli/arguments.ts";
import type { Given } from "../cli/command.ts";
import { engineChoice } from "../cli/engine_options.ts";
import { dataStatus } from "../terminal/data_status.ts";
import { count } from "../terminal/format.ts";
import { PROGRAM } from "../program_name.ts";
import { standardOutput } from "../terminal/terminal.ts";
import { packCommand } from "./options.ts";
import { pack } from "./pack.ts";

export const run: Run = runner(packCommand, ({ run }) => `pack ${run}`, main);

const NO_COPY = problemAt({ path: "nets/pretrained", layer: "folder", code: "no-copy" }, {
  rule: "pretrained networks are packed into a copy of netfold",
  got: "netfold as a package",
  wanted: "a copy of the repository",
  hint: "in a copy, run deno task pack; --from, predict and masks take the folder of a run itself",
});

async function main(given: Given<typeof packCommand>): Promise<void> {
  const { run, command } = given;
  if (PROGRAM === "netfold") throw new ProblemError([NO_COPY]);
  const into = fromFileUrl(new URL("../../nets/pretrained", import.meta.url));
  const { clear, show, ...status } = dataStatus();
  show("measuring the weights as they will travel");
  const packed = await pack(run, { into, command, ...engineChoice(given), ...status });
  clear();
  const { folder, bytes, card } = orThrow(packed);
  const line = printable(`${folder} holds ${count(bytes)} bytes of weights`);
  standardOutput().write(`${line}\n\n${card}`);
}
