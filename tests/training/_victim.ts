/**
 * A process that trains, to be killed: makes the run folder named by its first
 * argument, or resumes it, and prints a line for each step.
 */
import { orThrow } from "../../mod.ts";
import { resume } from "../../tasks/training/mod.ts";
import { bands, engine, trainTiny } from "./_runs.ts";

/** Long enough that a kill comes before the end. */
export const LONG = { epochs: 20 };

async function main(folder: string): Promise<void> {
  const watch = {
    saveEvery: 0,
    onStep: ({ step }: { readonly step: number }) => console.log(`step ${step}`),
  };
  const exists = await Deno.stat(`${folder}/config.json`).then(() => true, () => false);
  if (exists) orThrow(await resume(folder, { engine, dataset: bands, log: false, ...watch }));
  else await trainTiny(folder, { watch, recipe: LONG });
}

if (import.meta.main) await main(Deno.args[0] ?? "");
