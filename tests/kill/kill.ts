/**
 * Killing real runs: `deno task kill --count N` kills processes that train N times with SIGKILL, at
 * any moment, while they write, twice in a row and while they cache data, on ONNX Runtime and on
 * WebAssembly. Each run is then resumed to its end, and its folder must hold the same bytes as that
 * of a run that was left alone, but for what a clock says. It fails when one does not.
 */
import { parseArgs } from "node:util";
import { seedKey, split } from "../../dsl/programs/random.ts";
import { attemptTrial, type Undisturbed, undisturbed, WAYS } from "./_trials.ts";
import { type EngineName, ENGINES } from "./_victim.ts";

const USAGE = `deno task kill [options]

  --count N   kills in all; 20
  --seed N    the seed of their moments; 0
  --help      prints this`;

/** A way of killing on an engine, and what came of it. */
interface Tally {
  readonly title: string;
  readonly engine: EngineName;
  runs: number;
  kills: number;
  cutOff: number;
  differ: number;
}

function options(): { readonly count: number; readonly seed: number } {
  const whole = (name: string, text: string, least: number): number => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least) return value;
    return refuse(
      `--${name} takes a whole number of at least ${least}, not ${JSON.stringify(text)}`,
    );
  };
  try {
    const { values } = parseArgs({
      options: {
        count: { type: "string", default: "20" },
        seed: { type: "string", default: "0" },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(USAGE);
      Deno.exit(0);
    }
    return { count: whole("count", values.count, 1), seed: whole("seed", values.seed, 0) };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(complaint: string): never {
  console.error(`${complaint}\n\n${USAGE}`);
  Deno.exit(2);
}

/** Kills that often, in every way on every engine in turn. */
async function killAll(count: number, seed: number): Promise<readonly Tally[]> {
  const key = split(seedKey(seed), "kills");
  const whole = new Map<string, Undisturbed>();
  const tallies = new Map<string, Tally>();
  let kills = 0;
  for (let trial = 0; kills < count; trial++) {
    const way = WAYS[Math.floor(trial / ENGINES.length) % WAYS.length] ?? WAYS[0];
    const engine = ENGINES[trial % ENGINES.length] ?? ENGINES[0];
    if (way === undefined) break;
    const kind = `${engine} ${way.cached}`;
    const reference = whole.get(kind) ?? await undisturbed(engine, way.cached);
    whole.set(kind, reference);
    const name = `${way.title}, ${engine}`;
    const tally = tallies.get(name) ??
      { title: way.title, engine, runs: 0, kills: 0, cutOff: 0, differ: 0 };
    tallies.set(name, tally);
    const done = await attemptTrial(engine, way, { key: split(key, trial), whole: reference });
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

if (import.meta.main) {
  const { count, seed } = options();
  const tallies = await killAll(count, seed);
  console.log(table(tallies));
  Deno.exit(tallies.some(({ differ }) => differ > 0) ? 1 : 0);
}
