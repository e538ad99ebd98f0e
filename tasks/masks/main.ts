/**
 * `deno task masks RUN IMAGE...`: what each attention module of a run's network
 * does to images, one sheet for each.
 */
import { join } from "@std/path";
import type { Problem } from "../../dsl/problem/problem.ts";
import { dataStatus } from "../terminal/data_status.ts";
import { engineChoice } from "../cli/engine_options.ts";
import { EXIT } from "../cli/exit.ts";
import { parseMasksArguments } from "./options.ts";
import { reportProblems, runTask } from "../cli/task.ts";
import { writeAtomic } from "../files/atomic.ts";
import { ioProblem } from "../files/io_problem.ts";
import { drawMasks } from "./draw.ts";
import { svgToPng } from "../charts/png.ts";
import { standardOutput } from "../terminal/terminal.ts";

if (import.meta.main) await runTask(() => main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const given = parseMasksArguments(args);
  const { run, images, channels, png = false, weights = "best" } = given;
  const status = dataStatus();
  const sheets = await drawMasks(run, images, {
    weights,
    ...engineChoice(given),
    ...(channels === undefined ? {} : { channels }),
    ...status,
  });
  status.clear();
  if (sheets._tag === "Left") return cannot(run, sheets.left);
  const folder = given.out ?? join(run, "masks");
  try {
    await Deno.mkdir(folder, { recursive: true });
  } catch (error) {
    return cannot(run, [ioProblem(error, folder, "make")]);
  }
  const names = new Set<string>();
  for (const { name, svg } of sheets.right) {
    const stem = join(folder, unique(name, names));
    const picture = png ? await svgToPng(svg) : undefined;
    if (picture?._tag === "Left") return cannot(run, picture.left);
    const files = [[".svg", svg], ...(picture === undefined ? [] : [[".png", picture.right]])];
    for (const [ending, content = ""] of files) {
      const written = await writeAtomic(`${stem}${ending}`, content);
      if (written._tag === "Left") return cannot(run, written.left);
      standardOutput().write(`${stem}${ending}\n`);
    }
  }
  return EXIT.done;
}

/** The name, with a number when another picture of this call has it already. */
function unique(name: string, names: Set<string>): string {
  let free = name;
  for (let i = 2; names.has(free); i++) free = `${name}-${i}`;
  names.add(free);
  return free;
}

function cannot(run: string, problems: readonly Problem[]): number {
  reportProblems(`cannot show the masks of ${run}`, problems);
  return EXIT.failed;
}
