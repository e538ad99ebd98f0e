/**
 * `deno task export NET|RUN --format onnx`: a network for other programs, with
 * its weights when it comes from a run.
 */
import { EXIT } from "./cli/exit.ts";
import { parseExportArguments } from "./cli/export_options.ts";
import { reportProblems, runTask } from "./cli/task.ts";
import { exportOnnx } from "./export/onnx.ts";
import { standardError, standardOutput } from "./terminal/terminal.ts";

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const given = parseExportArguments(args);
  const written = await exportOnnx(given, (note) => standardError().write(`note: ${note}\n`));
  if (written._tag === "Left") {
    reportProblems(`cannot export ${given.source}`, written.left);
    return EXIT.failed;
  }
  standardOutput().write(`${written.right.join("\n")}\n`);
  return EXIT.done;
}
