/** Sources in other languages travel as modules, which say what the sources say. */
import { assert, assertEquals } from "@std/assert";
import { join, toFileUrl } from "@std/path";
import { root } from "./_graph.ts";
import { presentModules, SCRIPTS, scriptWords, writtenModules } from "./_sources.ts";

Deno.test("the modules of sources are up to date: run deno task generate", async () => {
  const wanted = await writtenModules();
  assert(wanted.size > 20, `${wanted.size} sources`);
  assertEquals(await presentModules(), [...wanted.keys(), ...Object.keys(SCRIPTS)].sort());
  for (const [file, bundled] of Object.entries(SCRIPTS)) {
    const text = await Deno.readTextFile(join(root, file));
    assert(text.includes(await scriptWords(bundled)), file);
  }
  for (const [file, text] of wanted) {
    assert(await Deno.readTextFile(join(root, file)) === text, file);
    if (/\.(wasm|js|css|json)\.ts$/.test(file)) continue;
    const source = await Deno.readTextFile(join(root, file.replace(/\.ts$/, "")));
    const module: { readonly default: string } = await import(toFileUrl(join(root, file)).href);
    assertEquals(module.default, source, file);
  }
});
