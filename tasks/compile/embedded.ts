/**
 * What one binary must hold beside the modules that Deno finds by itself: whatever the sources load
 * by an address that is made when it is needed. It is read from the sources, and what cannot be read
 * there is an error, not a binary that lacks something.
 */
import { fromFileUrl, join, relative, toFileUrl } from "@std/path";
import { COMMAND_NAMES, moduleOf } from "../cli/commands.ts";
import { PACKAGE as ONNX_RUNTIME } from "../../dsl/engines/onnx/runtime.ts";

/** The root of the repository. */
export const ROOT: string = fromFileUrl(new URL("../../", import.meta.url));

/** The folders whose sources the program is made of. */
const SOURCES = ["dsl", "layers", "nets", "tasks"];

/** Those in them that are no part of it: this one, and what the board's page is bundled of. */
const APART = ["tasks/compile", "tasks/board/page"];

/** Addresses that name nothing of netfold's own: of commands, which are listed, and of networks of its user's. */
const ELSEWHERE = ["tasks/cli/commands.ts", "tasks/later.ts", "tasks/networks/module.ts"];

/** Packages that a binary cannot use: ONNX Runtime's native library is two files that must lie side by side. */
const LEFT_OUT: readonly string[] = [ONNX_RUNTIME];

/** All that must be embedded by name: paths of modules, files and folders, and specifiers of packages. */
export async function embedded(): Promise<readonly string[]> {
  const commands = COMMAND_NAMES.flatMap((name) =>
    (["main.ts", "options.ts"] as const).map((file) => fromFileUrl(moduleOf(name, file)))
  );
  const found = new Set(commands);
  for (const folder of SOURCES) {
    for await (const path of sourcesIn(join(ROOT, folder))) {
      const text = await Deno.readTextFile(path);
      for (const beside of filesOf(path, text)) found.add(beside);
      for (const specifier of await packagesOf(path, text)) found.add(specifier);
    }
  }
  return [...found].filter((name) => !LEFT_OUT.includes(name)).sort();
}

async function* sourcesIn(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory && !APART.includes(inRoot(path))) yield* sourcesIn(path);
    else if (name.endsWith(".ts") && !isGenerated(name)) yield path;
  }
}

/** Files and folders that a module names by where they lie from it; the root itself is there in a copy alone. */
function filesOf(path: string, text: string): readonly string[] {
  const named = [...text.matchAll(/(?:new URL|\blater<\w+>)\(\s*"([^"]+)",\s*import\.meta\.url/g)];
  const asked = [...text.matchAll(/(?<!function )\blater[<(]/g)].length;
  if (named.filter(([call]) => call.startsWith("later")).length < asked) {
    throw new Error(`${path}: later() is asked for a module by something else than its address`);
  }
  return named
    .map(([, beside = ""]) => fromFileUrl(new URL(beside, toFileUrl(path))).replace(/[/\\]$/, ""))
    .filter((file) => inRoot(file) !== "");
}

/** The packages that a module imports when it needs them; each is a constant that it exports. */
async function packagesOf(path: string, text: string): Promise<readonly string[]> {
  const calls = [...text.matchAll(/\bimport\((?!")([^)]*)/g)].map(([, call = ""]) => call);
  if (calls.length === 0 || ELSEWHERE.includes(inRoot(path))) return [];
  const exported: Readonly<Record<string, unknown>> = await import(toFileUrl(path).href);
  return calls.map((call) => {
    const [, name = ""] = /^(?:`\$\{)?([A-Z_]+)\b/.exec(call) ?? [];
    const specifier = exported[name];
    if (typeof specifier === "string" && specifier.startsWith("npm:")) return specifier;
    throw new Error(`${path}: import(${call}) names no exported constant that is an npm specifier`);
  });
}

/** A path as it is seen from the root, with slashes. */
function inRoot(path: string): string {
  return relative(ROOT, path).replaceAll("\\", "/");
}

/** Whether a module holds the text of another language; nothing of it is loaded by an address. */
function isGenerated(name: string): boolean {
  return /\.(js|py|sh|css|wasm)\.ts$/.test(name);
}
