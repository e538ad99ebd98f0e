/** What each file of the package imports from the others, as Deno's own parser reads them. */
import { fromFileUrl, join, relative, toFileUrl } from "@std/path";
import { withFolder } from "../files/_folder.ts";

/** The root of the repository. */
export const root: string = fromFileUrl(new URL("../../", import.meta.url));

/** The files that each file imports, for its code or its types; both relative to the root. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** A module that another one names. */
interface Named {
  readonly specifier?: string;
}

/** What Deno says of modules. */
export interface Info {
  readonly redirects?: Readonly<Record<string, string>>;
  readonly modules: readonly {
    readonly specifier: string;
    readonly error?: string;
    readonly dependencies?: readonly {
      readonly isDynamic?: boolean;
      readonly code?: Named;
      readonly type?: Named;
    }[];
  }[];
}

/** What lies in a folder, relative to the root: nothing that is generated or hidden. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(root, folder))) {
    const path = join(folder, name);
    if (isDirectory) files.push(...await filesIn(path));
    else files.push(path);
  }
  return files;
}

/** What Deno says of files, which are relative to the root, and of all that they import. */
export async function infoOf(files: readonly string[]): Promise<Info> {
  let text = "";
  await withFolder(async (folder) => {
    const entry = join(folder, "all.ts");
    const lines = files.map((file) => `import "${toFileUrl(join(root, file)).href}";\n`);
    await Deno.writeTextFile(entry, lines.join(""));
    const args = ["info", "--json", "--no-lock", "--config", join(root, "deno.json"), entry];
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    text = new TextDecoder().decode(stdout);
  });
  return JSON.parse(text);
}

/** Reads the imports of all files named. */
export async function importsOf(files: readonly string[]): Promise<Imports> {
  const { modules } = await infoOf(files);
  const known = new Map(files.map((file) => [toFileUrl(join(root, file)).href, file]));
  return new Map(modules.flatMap(({ specifier, dependencies = [], error }) => {
    const file = known.get(specifier);
    if (file === undefined) return [];
    if (error !== undefined) throw new Error(error);
    const targets = dependencies
      .flatMap(({ code, type }) => [code?.specifier, type?.specifier])
      .filter((target) => target?.startsWith("file:"))
      .map((target = "") => relative(root, fromFileUrl(target)).replaceAll("\\", "/"));
    return [[file, [...new Set(targets)]] as const];
  }));
}

/** Groups of files that import each other in a circle (Tarjan's strongly connected components). */
export function circles(imports: Imports): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const found: (readonly string[])[] = [];
  const visit = (file: string): number => {
    const index = order.size;
    order.set(file, index);
    open.push(file);
    let lowest = index;
    for (const target of imports.get(file) ?? []) {
      if (!order.has(target)) lowest = Math.min(lowest, visit(target));
      else if (open.includes(target)) lowest = Math.min(lowest, order.get(target) ?? index);
    }
    low.set(file, lowest);
    if (lowest === index) {
      const circle = open.splice(open.indexOf(file));
      if (circle.length > 1 || imports.get(file)?.includes(file)) found.push(circle);
    }
    return lowest;
  };
  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return found;
}
