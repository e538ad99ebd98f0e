/**
 * What is no TypeScript and travels in modules, for a published package imports nothing else: the
 * Python and shell text that netfold emits, decoders in WebAssembly, and the board's page. Beside
 * `train.py` stands `train.py.ts`, whose default export is its text; that of `_webp.wasm.ts` is a
 * file of an npm package in base64; those of `_page.js.ts` and its like are what `deno bundle` makes of
 * the page's sources; that of `words.json.ts` is what the page's editor says of the language. The text itself is what is edited, linted and tested; the module is written from it.
 */
import { basename, dirname, join } from "@std/path";
import { npmFile } from "../../tasks/files/npm_file.ts";
import { type Bundled, checksumOf, pageStyle, scriptOf } from "./_board_page.ts";
import { filesIn, root } from "./_graph.ts";
import { languageWords } from "./_words.ts";

/** The modules of binaries, and the files that they hold. */
const BINARIES: Readonly<Record<string, string>> = {
  "tasks/data/picture/_jpeg_turbo.wasm.ts": "npm:@cwasm/jpeg-turbo@0.1.3/jpeg-turbo.wasm",
  "tasks/data/picture/_webp.wasm.ts": "npm:@cwasm/webp@0.1.5/webp.wasm",
};

/** Graphviz is larger than all else that the page needs, which loads it when it draws. */
const GRAPHVIZ = { name: "@viz-js/viz", address: "./graphviz.js" };

/**
 * The modules of the board's scripts, relative to the root: the page, and what it loads when
 * something is computed, when code is written or run, and when a network is written for other programs.
 */
export const SCRIPTS: Readonly<Record<string, Bundled>> = {
  "tasks/board/_code.js.ts": { entry: "code/code_worker.ts" },
  "tasks/board/_editor.js.ts": { entry: "editor/editor.ts" },
  "tasks/board/_engine.js.ts": { entry: "worker/worker.ts" },
  "tasks/board/_formats.js.ts": { entry: "formats/formats_worker.ts" },
  "tasks/board/_page.js.ts": { entry: "page.tsx", apart: GRAPHVIZ },
};

/** A script of the board as a module, which says of which sources it was made. */
export async function scriptModule(bundled: Bundled): Promise<string> {
  return moduleOf(await scriptWords(bundled), await scriptOf(bundled));
}

/** What the module of a script has to say of itself. */
export async function scriptWords(bundled: Bundled): Promise<string> {
  const checksum = await checksumOf(bundled);
  return `a bundle of \`page\`, of sources with the checksum ${checksum}, edit \`page\``;
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
  const style = moduleOf("a copy of styles, edit `page`", await pageStyle());
  const words = moduleOf("the documentation of the language, edit it", await languageWords());
  const modules = [
    ["tasks/board/page/editor/words.json.ts", words] as const,
    ...await Promise.all([...sources, ...binaries]),
    ["tasks/board/_page.css.ts", style] as const,
  ];
  return new Map(modules.sort(([a], [b]) => a < b ? -1 : 1));
}

/** The modules that are there, relative to the root. */
export async function presentModules(): Promise<readonly string[]> {
  const files = (await Promise.all(["dsl", "tasks"].map(filesIn))).flat();
  return files.filter((file) => /\.(py|sh|wasm|js|css|json)\.ts$/.test(file)).sort();
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
