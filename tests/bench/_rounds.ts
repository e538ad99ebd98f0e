/**
 * Contenders that take turns: each is a process of its own, so that none shares
 * memory or threads with another, and each round has a turn of every one, so
 * that all meet the same machine.
 */
import { LineProcess } from "../_line_process.ts";

/** The middle one of several measurements. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** Who takes part, and how it is started. */
export interface Entry {
  /** What it is called where it cannot start. */
  readonly name: string;
  /** The program. */
  readonly command: string;
  /** Its arguments. */
  readonly args: readonly string[];
  /** What is added to its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a contender did. */
export interface Standing {
  /** The entry's name. */
  readonly name: string;
  /** What it says of itself. */
  readonly description: string;
  /** For each round, for each number of the answers, its part of one run. */
  readonly rounds: readonly (readonly number[])[];
  /** The most memory it ever had, in bytes; NaN where the system does not say. */
  readonly peak: number;
}

/** How long a turn is at least, in seconds. */
const TURN = 1;

/** Threads that wait for their next piece of work go to sleep within this time, in milliseconds. */
const PAUSE = 300;

/** Lets contenders take turns; those that cannot start are told of and left out. */
export async function compete(
  entries: readonly Entry[],
  rounds: number,
): Promise<readonly Standing[]> {
  await using all = new AsyncDisposableStack();
  const started: (Entry & { process: LineProcess; description: string; runs: number })[] = [];
  for (const entry of entries) {
    const process = all.use(new LineProcess(entry.command, entry.args, entry.env));
    try {
      const description = await process.line();
      await turn(process, 1);
      const [seconds = NaN] = await turn(process, 1);
      started.push({ ...entry, process, description, runs: Math.ceil(TURN / seconds) });
    } catch (error) {
      console.log(`${entry.name} is left out: ${error instanceof Error ? error.message : error}`);
    }
  }
  const measured: number[][][] = started.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, { process, runs }] of started.entries()) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      measured[i]?.push(await turn(process, runs));
    }
  }
  return await Promise.all(started.map(async ({ name, description, process }, i) => ({
    name,
    description,
    rounds: measured[i] ?? [],
    peak: await peakMemory(process.pid),
  })));
}

async function turn(process: LineProcess, runs: number): Promise<number[]> {
  return (await process.ask(`${runs}`)).split(" ").map((text) => Number(text) / runs);
}

/** What Linux writes in /proc, which Deno itself may not read. */
async function peakMemory(pid: number): Promise<number> {
  if (Deno.build.os !== "linux") return NaN;
  const args = ["VmHWM", `/proc/${pid}/status`];
  const { stdout } = await new Deno.Command("grep", { args }).output();
  const [, kilobytes] = /(\d+) kB/.exec(new TextDecoder().decode(stdout)) ?? [];
  return 1024 * Number(kilobytes);
}
