/**
 * `deno task import NET FILE`: weights that PyTorch trained elsewhere, from a
 * state dict, as a run that other tasks take.
 */
import { defined } from "../../dsl/problem/defined.ts";
import { orThrow } from "../fp.ts";
import { runCommand } from "../cli/arguments.ts";
import type { Given } from "../cli/command.ts";
import { importCommand } from "./options.ts";
import { chosenNetwork, titleOf } from "../networks/networks.ts";
import { importRun } from "./run.ts";
import { standardOutput } from "../terminal/terminal.ts";

if (import.meta.main) await runCommand(importCommand, ({ file }) => `import ${file}`, main);

async function main(
  { net, input, classes, ...given }: Given<typeof importCommand>,
): Promise<void> {
  const name = titleOf(net);
  const found = orThrow(await chosenNetwork(net, defined({ input, classes })));
  const out = given.out ?? { base: "runs", name };
  const python = Deno.env.get("NETFOLD_PYTHON");
  const { folder } = orThrow(await importRun({ ...given, ...found, name, out, python }));
  const named = found.language === undefined ? folder : `${folder} --language ${net}`;
  standardOutput().write([
    `${folder} holds the weights of ${given.file}`,
    "",
    "next",
    `  deno task predict ${named} IMAGE.png`,
    ...(given.data === undefined ? [] : [`  deno task evaluate ${named}`]),
    "",
  ].join("\n"));
}
