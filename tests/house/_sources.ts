/**
 * What is no TypeScript and travels in modules, for a published package imports nothing else: the
 * Python and shell text that netfold emits, decoders in WebAssembly, and the board's page. Beside
 * `train.py` stands `train.py.ts`, whose default export is its text; that of `_webp.wasm.ts` is a
 * file of an npm package in base64; that of `_page.js.ts` is what `deno bundle` makes of the page's
 * sources. The text itself is what is edited, linted and tested; the module is written from it.
 */
import { basename, dirname, join } from "@std/path";
import { npmFile } from "../../tasks/files/npm_file.ts";
import { pageChecksum, pageScript, pageStyle } from "./_board_page.ts";
import { filesIn, root } from "./_graph.ts";

/** The modules of binaries, and the files that they hold. */
const BINARIES: Readonly<Record<string, string>> = {
  "tasks/data/picture/_jpeg_turbo.wasm.ts": "npm:@cwasm/jpeg-turbo@0.1.3/jpeg-turbo.wasm",
  "tasks/data/picture/_webp.wasm.ts": "npm:@cwasm/webp@0.1.5/webp.wasm",
};

/** The module of the board's script, relative to the root. */
export const PAGE = "tasks/board/_page.js.ts";

/** The board's script as a module, which says of which sources it was made. */
export async function pageModule(): Promise<string> {
  return moduleOf(await pageWords(), await pageScript());
}

/** What the module of the board's script has to say of itself. */
export async function pageWords(): Promise<string> {
  return `a bundle of \`page\`, of sources with the checksum ${await pageChecksum()}, edit \`page\``;
}

/** The path of each other module, relative to the root, and what it has to hold. */
export async function writtenModules(): Promise<ReadonlyMap<string, string>> {
  const files = (await Promise.all(["dsl", "tasks"].map(filesIn))).flat();
  const sources = files.filter((file) => /\.(py|sh)$/.test(file)).map(async (file) => {
    const text = await Deno.readTextFile(join(root, file));
    const name = basename(file);
    return [`${file}.ts`, moduleOf(`the text of \`${name}\`, edit \`${name}\``, text)] as const;
  });
  const binaries = Object.entries(BINARIES).map(async ([file, specifier]) => {
    await import(`${dirname(specifier)}/package.json`, { with: { type: "json" } });
    const text = (await npmFile(specifier)).toBase64();
    return [file, moduleOf(`\`${specifier}\` in base64, change the generator`, text)] as const;
  });
  const style = moduleOf("a copy of styles, edit `page.css`", await pageStyle());
  const modules = [
    ...await Promise.all([...sources, ...binaries]),
    ["tasks/board/_page.css.ts", style] as const,
  ];
  return new Map(modules.sort(([a], [b]) => a < b ? -1 : 1));
}

/** The modules that are there, relative to the root. */
export async function presentModules(): Promise<readonly string[]> {
  const files = (await Promise.all(["dsl", "tasks"].map(filesIn))).flat();
  return files.filter((file) => /\.(py|sh|wasm|js|css)\.ts$/.test(file)).sort();
}

function moduleOf(what: string, text: string): string {
  const escaped = text.replaceAll(/[\\`]|\$(?=\{)/g, "\\$&").replaceAll("\r", "\\r");
  return [
    "// deno-fmt-ignore-file: the lines are those of the source.",
    `/** Written by \`deno task generate\`: ${what} instead. */`,
    `const source: string = \`${escaped}\`;`,
    "",
    "export default source;",
    "",
  ].join("\n");
}
