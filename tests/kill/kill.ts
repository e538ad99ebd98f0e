/**
 * Killing real runs: `deno task kill --count N` kills processes that train N times with SIGKILL, at
 * any moment, while they write, twice in a row and while they cache data, on ONNX Runtime and on
 * WebAssembly. Each run is then resumed to its end, and its folder must hold the same bytes as that
 * of a run that was left alone, but for what a clock says. It fails when one does not.
 */
import { seedKey, split } from "../../dsl/programs/random.ts";
import { runCommand } from "../../tasks/cli/arguments.ts";
import { command, type Given } from "../../tasks/cli/command.ts";
import { EXIT } from "../../tasks/cli/exit.ts";
import * as reader from "../../tasks/cli/reader.ts";
import { option } from "../../tasks/cli/term.ts";
import { standardOutput } from "../../tasks/terminal/terminal.ts";
import { attemptTrial, type Undisturbed, undisturbed, WAYS } from "./_trials.ts";
import { type EngineName, ENGINES } from "./_victim.ts";

const killCommand = command({
  name: "kill",
  brief: "Kills real runs, resumes them and compares their ends byte for byte.",
  terms: {
    count: option(reader.whole(1), { description: "Kills in all.", otherwise: "20" }),
    seed: option(reader.whole(0), { description: "The seed of their moments.", otherwise: "0" }),
  },
});

/** A way of killing on an engine, and what came of it. */
interface Tally {
  readonly title: string;
  readonly engine: EngineName;
  runs: number;
  kills: number;
  cutOff: number;
  differ: number;
}

/** Kills that often, in every way on every engine in turn. */
async function killAll(count: number, seed: number): Promise<readonly Tally[]> {
  const key = split(seedKey(seed), "kills");
  const references = new Map<string, Undisturbed>();
  const tallies = new Map<string, Tally>();
  let kills = 0;
  for (let trial = 0; kills < count; trial++) {
    const way = WAYS[Math.floor(trial / ENGINES.length) % WAYS.length] ?? WAYS[0];
    const engine = ENGINES[trial % ENGINES.length] ?? ENGINES[0];
    if (way === undefined) break;
    const kind = `${engine} ${way.cached}`;
    const whole = references.get(kind) ?? await undisturbed(engine, way.cached);
    references.set(kind, whole);
    const name = `${way.title}, ${engine}`;
    const tally = tallies.get(name) ??
      { title: way.title, engine, runs: 0, kills: 0, cutOff: 0, differ: 0 };
    tallies.set(name, tally);
    const done = await attemptTrial(engine, way, { key: split(key, trial), whole });
    kills += done.kills;
    tally.runs++;
    tally.kills += done.kills;
    tally.cutOff += done.cutOff;
    if (done.differences.length > 0) tally.differ++;
    const end = done.differences.length === 0 ? "same end" : `differs: ${done.differences.join()}`;
    console.error(`${`${kills}`.padStart(4)} of ${count}  trial ${trial}  ${name}: ${end}`);
  }
  return [...tallies.values()];
}

function table(tallies: readonly Tally[]): string {
  const rows = tallies.map(({ title, engine, runs, kills, cutOff, differ }) =>
    [title, engine, runs, kills, cutOff, differ].join(" | ")
  );
  const sum = (of: (tally: Tally) => number) => tallies.reduce((all, one) => all + of(one), 0);
  const all = [sum((t) => t.runs), sum((t) => t.kills), sum((t) => t.cutOff), sum((t) => t.differ)];
  return [
    "| killed | engine | runs | kills | in the middle of a write | other ends |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows.map((row) => `| ${row} |`),
    `| all | | ${all.join(" | ")} |`,
  ].join("\n");
}

if (import.meta.main) await runCommand(killCommand, () => "kill", main);

async function main({ count = 20, seed = 0 }: Given<typeof killCommand>): Promise<number> {
  const tallies = await killAll(count, seed);
  standardOutput().write(`${table(tallies)}\n`);
  return tallies.some(({ differ }) => differ > 0) ? EXIT.failed : EXIT.done;
}
