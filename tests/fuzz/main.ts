/**
 * `deno task fuzz`: changed files against everything that reads files from outside. It fails when
 * a reader throws, hangs, accepts what is not whole, or says something that it should not.
 */
import { join } from "@std/path";
import { runCommand } from "../../tasks/cli/arguments.ts";
import { command, type Given } from "../../tasks/cli/command.ts";
import { EXIT } from "../../tasks/cli/exit.ts";
import { oneOf, whole } from "../../tasks/cli/reader.ts";
import { option } from "../../tasks/cli/term.ts";
import { count } from "../../tasks/terminal/format.ts";
import { table } from "../../tasks/terminal/table.ts";
import { standardError, standardOutput } from "../../tasks/terminal/terminal.ts";
import { campaign, type Tally } from "./campaign.ts";
import { READERS } from "./readers.ts";

const [first = "", ...others] = Object.keys(READERS);

const fuzzCommand = command({
  name: "fuzz",
  brief: "Reads changed files with everything that reads files.",
  examples: ["deno task fuzz --count 1000", "deno task fuzz --reader png --seed 7"],
  terms: {
    reader: option(oneOf([first, ...others], "NAME"), {
      description: "The reader.",
      otherwise: "all of them",
    }),
    count: option(whole(1), { description: "The cases of each reader.", otherwise: "200" }),
    seed: option(whole(0), { description: "What decides the cases.", otherwise: "0" }),
    case: option(whole(0), { description: "One case alone, by its number." }),
  },
});

if (import.meta.main) await runCommand(fuzzCommand, () => "fuzz", main);

async function main(given: Given<typeof fuzzCommand>): Promise<number> {
  const { reader: chosen, count: asked = 200, seed = 0, case: one } = given;
  const folder = join("runs", `fuzz-${Deno.pid}`);
  const tallies: Tally[] = [];
  try {
    for (const reader of chosen === undefined ? Object.keys(READERS) : [chosen]) {
      const missing = await READERS[reader]?.missing?.();
      if (missing !== undefined) {
        standardError().write(`${reader}: left out, ${missing}\n`);
        continue;
      }
      const cases = Math.ceil(asked * (READERS[reader]?.share ?? 1));
      const [from, to] = one === undefined ? [0, cases] : [one, one + 1];
      standardError().write(`${reader}: ${to - from} cases\n`);
      const own = join(folder, reader);
      await Deno.mkdir(own, { recursive: true });
      tallies.push(await campaign({ reader, seed, from, to, folder: own }));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  standardOutput().write(`${tallyText(tallies)}\n`);
  const failed = tallies.filter(({ failures }) => failures.length > 0);
  for (const { reader, failures } of failed) {
    for (const { at, fault } of failures.slice(0, 5)) {
      const again = `deno task fuzz --reader ${reader} --seed ${seed} --case ${at}`;
      standardOutput().write(`\n${again}\n${fault}\n`);
    }
  }
  return failed.length === 0 ? EXIT.done : EXIT.failed;
}

/** The tallies as a table. */
function tallyText(tallies: readonly Tally[]): string {
  const head = ["reader", "cases", "accepted", "refused", "failures", "s", "longest", "memory"];
  const rows = tallies.map((tally) => [
    tally.reader,
    ...[tally.cases, tally.accepted, tally.refused, tally.failures.length].map(count),
    tally.seconds.toFixed(1),
    `${tally.longest.toFixed(2)} s`,
    `${count(tally.memory / 2 ** 20)} MiB`,
  ]);
  return table([head, ...rows], { align: ["left", ...Array(7).fill("right")] });
}
