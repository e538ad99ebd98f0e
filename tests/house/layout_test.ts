/**
 * The layout of the house: a fixed top level, folders that import those below them and never those
 * above, no circles between files, and files `_name.ts` that their folder alone imports.
 */
import { assert, assertEquals } from "@std/assert";
import { basename, dirname } from "@std/path";
import { circles, filesIn, importsOf, root } from "./_graph.ts";

/** Top to bottom. */
const FLOORS = [
  "mod.ts",
  "tasks",
  "nets",
  "layers",
  "dsl/engines",
  "dsl/interpreters",
  "dsl/edit",
  "dsl/programs",
  "dsl/plan",
  "dsl/graph",
  "dsl/net",
  "dsl/problem",
] as const;

const floorOf = (file: string): number =>
  FLOORS.findIndex((floor) => file === floor || file.startsWith(`${floor}/`));

const isSource = (file: string): boolean => /\.tsx?$/.test(file);

const files = (await Promise.all(["dsl", "layers", "nets", "tasks"].map(filesIn))).flat()
  .filter(isSource).concat("mod.ts");
const imports = await importsOf(files);
const arrows = [...imports].flatMap(([from, targets]) =>
  targets.filter(isSource).map((to) => [from, to] as const)
);

const show = (wrong: readonly (readonly [string, string])[]): readonly string[] =>
  wrong.map(([from, to]) => `${from} -> ${to}`).sort();

Deno.test("the imports of every file are read", () => {
  assertEquals([...imports.keys()].sort(), [...files].sort());
  assert(arrows.length > files.length, `${arrows.length} arrows`);
});

Deno.test("the top level is fixed", async () => {
  const entries = await Array.fromAsync(Deno.readDir(root));
  const folders = entries.filter(({ name, isDirectory }) =>
    isDirectory && !name.startsWith(".") && !["runs", "coverage", "node_modules"].includes(name)
  );
  assertEquals(folders.map(({ name }) => name).sort(), [
    "docs",
    "dsl",
    "layers",
    "nets",
    "tasks",
    "tests",
  ]);
  const names = entries.filter(({ name, isFile }) => isFile && /\.(ts|json)$/.test(name));
  assertEquals(names.map(({ name }) => name).sort(), ["deno.json", "mod.ts"]);
});

Deno.test("every file stands on a floor", () => {
  assertEquals(files.filter((file) => floorOf(file) < 0), []);
});

Deno.test("a folder imports those below it, never those above", () => {
  assertEquals(show(arrows.filter(([from, to]) => floorOf(to) < floorOf(from))), []);
});

Deno.test("files do not import each other in circles", () => {
  assertEquals(circles(imports), []);
});

Deno.test("a file _name.ts is imported in its folder alone", () => {
  const strangers = arrows.filter(([from, to]) =>
    basename(to).startsWith("_") && dirname(to) !== dirname(from)
  );
  assertEquals(show(strangers), []);
});
