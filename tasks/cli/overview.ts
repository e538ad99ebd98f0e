/** `netfold --help`: the commands, each with what it does. */
import { PROGRAM } from "../program_name.ts";
import { wrapped } from "../../dsl/problem/wrap.ts";
import { VERSION } from "../training/versions.ts";
import { COMMAND_NAMES, commandOf } from "./commands.ts";

const ABOUT = "convolutional networks as values, counted, drawn, trained and exported";
const MARGIN = "  ";

/** The list of commands, as text of lines of so many columns. */
export async function overview(columns: number): Promise<string> {
  const commands = await Promise.all(COMMAND_NAMES.map(commandOf));
  const indent = MARGIN.length + Math.max(...COMMAND_NAMES.map(({ length }) => length)) + 2;
  const described = ({ name, brief }: typeof commands[number]) =>
    wrapped(brief, columns - indent).map((line, i) =>
      (i === 0 ? MARGIN + name : "").padEnd(indent) + line
    );
  return [
    ...wrapped(`netfold ${VERSION}: ${ABOUT}`, columns),
    "",
    `Usage: ${PROGRAM} COMMAND [options]`,
    "",
    ...commands.flatMap(described),
    "",
    `"${PROGRAM} COMMAND --help" shows what a command takes.`,
    "",
  ].join("\n");
}
