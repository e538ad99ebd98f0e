/**
 * `deno task import NET FILE`: weights that PyTorch trained elsewhere, from a
 * state dict, as a run that other tasks take.
 */
import { printable, shellWord } from "../../dsl/problem/escape.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { orThrow } from "../fp.ts";
import { type Run, runner } from "../cli/arguments.ts";
import type { Given } from "../cli/command.ts";
import { importCommand } from "./options.ts";
import { chosenNetwork, titleOf } from "../networks/networks.ts";
import { importRun } from "./run.ts";
import { standardOutput } from "../terminal/terminal.ts";
import { PROGRAM } from "../program_name.ts";

export const run: Run = runner(importCommand, ({ file }) => `import ${file}`, main);

async function main(
  { net, input, classes, language, ...given }: Given<typeof importCommand>,
): Promise<void> {
  const name = titleOf(net);
  const found = orThrow(await chosenNetwork(net, defined({ input, classes, language })));
  const out = given.out ?? { base: "runs", name };
  const python = Deno.env.get("NETFOLD_PYTHON");
  const { folder, leftOut } = orThrow(await importRun({ ...given, ...found, name, out, python }));
  const named = [folder, ...(found.language === undefined ? [] : ["--language", language ?? net])]
    .map(shellWord).join(" ");
  standardOutput().write([
    printable(`${folder} holds the weights of ${given.file}`),
    ...(leftOut.length === 0
      ? []
      : [printable(`left out, for the network has no such part: ${some(leftOut)}`)]),
    "",
    "next",
    `  ${PROGRAM} predict ${named} IMAGE.png`,
    ...(given.data === undefined ? [] : [`  ${PROGRAM} evaluate ${named}`]),
    "",
  ].join("\n"));
}

/** The first names, and how many more there are. */
function some(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(", ");
  return names.length > 5 ? `${shown}, and ${names.length - 5} more` : shown;
}
