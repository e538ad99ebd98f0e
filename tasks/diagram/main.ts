/**
 * `deno task diagram NET`: a network as a picture, in Mermaid, DOT or SVG, on
 * the standard output or into a file.
 */
import { diagram } from "../../dsl/interpreters/diagram/diagram.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { bytes } from "../../dsl/problem/digits.ts";
import { printable } from "../../dsl/problem/escape.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { type Run, runner } from "../cli/arguments.ts";
import type { Given } from "../cli/command.ts";
import { plannedNetwork, titleOf } from "../networks/networks.ts";
import { standardError, standardOutput } from "../terminal/terminal.ts";
import { diagramCommand, formatOf } from "./options.ts";

export const run: Run = runner(diagramCommand, ({ net }) => `draw ${net}`, main);

async function main(given: Given<typeof diagramCommand>): Promise<void> {
  const { net, out, input, classes, language, depth } = given;
  const planned = orThrow(await plannedNetwork(net, defined({ input, classes, language })));
  const options = { format: formatOf(given), title: titleOf(net), ...defined({ depth }) };
  const text = await diagram(planned, options);
  if (out === undefined) return standardOutput().write(text);
  orThrow(await (await import("../files/atomic.ts")).writeAtomic(out, text));
  const size = bytes(new TextEncoder().encode(text).length);
  standardError().write(`${printable(out)}  ${size}\n`);
}
