/** Writes the modules of sources in other languages anew: `deno task generate`. */
import { join } from "@std/path";
import { root } from "./_graph.ts";
import { PAGE, pageModule, presentModules, writtenModules } from "./_sources.ts";

const wanted = new Map([...await writtenModules(), [PAGE, await pageModule()]]);
for (const [file, text] of wanted) await Deno.writeTextFile(join(root, file), text);
for (const file of await presentModules()) {
  if (!wanted.has(file)) await Deno.remove(join(root, file));
}
console.log(`${wanted.size} modules are up to date`);
