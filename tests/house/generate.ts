/** Writes the modules of sources in other languages anew: `deno task generate`. */
import { join } from "@std/path";
import { root } from "./_graph.ts";
import { presentModules, scriptModule, SCRIPTS, writtenModules } from "./_sources.ts";

const wanted = new Set<string>();

async function write(file: string, text: string): Promise<void> {
  wanted.add(file);
  await Deno.writeTextFile(join(root, file), text);
}

for (const [file, text] of await writtenModules()) await write(file, text);
// Some of those are in the bundles.
for (const [file, bundled] of Object.entries(SCRIPTS)) {
  await write(file, await scriptModule(bundled));
}
for (const file of await presentModules()) {
  if (!wanted.has(file)) await Deno.remove(join(root, file));
}
console.log(`${wanted.size} modules are up to date`);
