/**
 * `deno task diagram NET`: a network as a picture, in Mermaid, DOT or SVG, on
 * the standard output or into a file.
 */
import { diagram, type DiagramFormat } from "../../dsl/interpreters/diagram/diagram.ts";
import { argumentsOf } from "../cli/arguments.ts";
import { EXIT } from "../cli/exit.ts";
import { cannot, runTask } from "../cli/task.ts";
import { pick } from "../cli/term.ts";
import { plannedNetwork, titleOf } from "../networks/networks.ts";
import { standardOutput } from "../terminal/terminal.ts";
import { diagramCommand } from "./options.ts";

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const given = await argumentsOf(diagramCommand, args);
  const { net, out, format = formatOf(out) } = given;
  const planned = await plannedNetwork(net, pick(given, ["input", "classes"]));
  if (planned._tag === "Left") return cannot(`draw ${net}`, planned.left);
  const options = { format, title: titleOf(net), ...pick(given, ["depth"]) };
  const text = await diagram(planned.right, options);
  if (out === undefined) {
    standardOutput().write(text);
    return EXIT.done;
  }
  const { writeAtomic } = await import("../files/atomic.ts");
  const written = await writeAtomic(out, text);
  return written._tag === "Left" ? cannot(`write ${out}`, written.left) : EXIT.done;
}

/** The format that a file's ending says. */
function formatOf(out: string | undefined): DiagramFormat {
  const ending = out?.replace(/^.*\./, "").toLowerCase();
  if (ending === "svg") return "svg";
  return ending === "dot" || ending === "gv" ? "dot" : "mermaid";
}
