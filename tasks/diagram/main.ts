/**
 * `deno task diagram NET`: a network as a picture, in Mermaid, DOT or SVG, on
 * the standard output or into a file.
 */
import { diagram, type DiagramFormat } from "../../dsl/interpreters/diagram/diagram.ts";
import { plan } from "../../layers/bound/plan.ts";
import { DIAGRAM_READERS, type DiagramArguments } from "./readers.ts";
import { EXIT } from "../cli/exit.ts";
import { chosenNetwork, titleOf } from "../networks/networks.ts";
import { scan } from "../cli/scan.ts";
import { reportProblems, runTask } from "../cli/task.ts";
import { standardOutput } from "../terminal/terminal.ts";

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const { net, options } = await argumentsOf(args);
  const { input, classes, depth, out, format = formatOf(out) } = options;
  const found = await chosenNetwork(net, {
    ...(input === undefined ? {} : { input }),
    ...(classes === undefined ? {} : { classes }),
  });
  const planned = found._tag === "Left" ? found : plan(found.right.net, found.right.input);
  if (planned._tag === "Left") {
    reportProblems(`cannot draw ${net}`, planned.left);
    return EXIT.failed;
  }
  const levels = depth === undefined ? {} : { depth };
  const text = await diagram(planned.right, { format, title: titleOf(net), ...levels });
  if (out === undefined) {
    standardOutput().write(text);
    return EXIT.done;
  }
  const { writeAtomic } = await import("../files/atomic.ts");
  const written = await writeAtomic(out, text);
  if (written._tag === "Right") return EXIT.done;
  reportProblems(`cannot write ${out}`, written.left);
  return EXIT.failed;
}

/** The format that a file's ending says. */
function formatOf(out: string | undefined): DiagramFormat {
  const ending = out?.replace(/^.*\./, "").toLowerCase();
  if (ending === "svg") return "svg";
  return ending === "dot" || ending === "gv" ? "dot" : "mermaid";
}

async function argumentsOf(args: readonly string[]): Promise<DiagramArguments> {
  const plain = scan(args, DIAGRAM_READERS);
  const [net, ...others] = plain?.words ?? [];
  if (plain !== undefined && net !== undefined && others.length === 0) {
    return { net, options: plain.options };
  }
  const { parseDiagramArguments } = await import("./options.ts");
  return parseDiagramArguments(args);
}
