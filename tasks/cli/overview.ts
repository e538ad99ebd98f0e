/** `netfold --help`: the commands, a line each. */
import { PROGRAM } from "../program_name.ts";
import { table } from "../terminal/table.ts";
import { VERSION } from "../training/versions.ts";
import { COMMAND_NAMES, commandOf } from "./commands.ts";

/** What there is to run, as text that ends with a line break. */
export async function overview(): Promise<string> {
  const commands = await Promise.all(COMMAND_NAMES.map(commandOf));
  return [
    `netfold ${VERSION}: convolutional networks as values, counted, drawn, trained and exported`,
    "",
    `Usage: ${PROGRAM} COMMAND [options]`,
    "",
    table(commands.map(({ name, brief }) => [`  ${name}`, brief])),
    "",
    `"${PROGRAM} COMMAND --help" shows what a command takes.`,
    "",
  ].join("\n");
}
