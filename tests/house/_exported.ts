/** All functions of the package, as their users see them. */
import configuration from "../../deno.json" with { type: "json" };
import type { Callable } from "./_parameters.ts";

/** The functions that all entries of `deno.json` export, and their names. */
export const exported: ReadonlyMap<Callable, string> = await functionsOf(
  Object.values(configuration.exports),
);

async function functionsOf(entries: readonly string[]): Promise<ReadonlyMap<Callable, string>> {
  const found = new Map<Callable, string>();
  for (const path of entries) {
    const entry: Readonly<Record<string, unknown>> = await import(`../../${path}`);
    for (const [name, value] of Object.entries(entry)) {
      if (typeof value === "function") found.set(value as Callable, name);
    }
  }
  return found;
}
