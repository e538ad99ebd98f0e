/**
 * Loading ONNX Runtime, and the reasons for which it cannot be loaded: each is
 * told apart from the others and says what to do.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import project from "../../deno.json" with { type: "json" };
import { loadingProblem, loadRuntime, PACKAGE } from "../../dsl/engines/onnx/runtime.ts";
import { onlyProblem } from "../_problems.ts";

const root = dirname(dirname(dirname(fromFileUrl(import.meta.url))));
const at = (path: string): string => JSON.stringify(new URL(`../../${path}`, import.meta.url));

const SCRIPT = `
  import { loadRuntime } from ${at("dsl/engines/onnx/runtime.ts")};
  import { renderProblems } from ${at("dsl/problem/render.ts")};
  const runtime = await loadRuntime();
  console.log(runtime._tag === "Left" ? renderProblems(runtime.left) : runtime.right.env.versions.node);`;

/**
 * What loading comes to in a process of its own with these permissions. A
 * `library` is what the package then loads instead of its own.
 */
async function load(
  flags: readonly string[],
  { env = {}, library }: {
    readonly env?: Readonly<Record<string, string>>;
    readonly library?: string;
  } = {},
): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const script = join(folder, "load.ts");
    await Deno.writeTextFile(script, SCRIPT);
    await Deno.writeTextFile(join(folder, "broken.node"), "This is no library.");
    const stand = join(folder, "stand_in.ts");
    const map = join(folder, "map.json");
    await Deno.writeTextFile(stand, standIn(library ?? ""));
    await Deno.writeTextFile(map, JSON.stringify({ imports: { [PACKAGE]: "./stand_in.ts" } }));
    const args = ["run", "--no-lock", "--no-prompt", "--no-check", "--quiet", ...flags];
    const mapped = library === undefined ? [] : ["--import-map", map];
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...args, ...mapped, "--config", join(root, "deno.json"), script],
      env: { NO_COLOR: "1", ...env },
    }).output();
    return new TextDecoder().decode(stdout.length > 0 ? stdout : stderr).trim();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A package that loads a library as ONNX Runtime's does. */
function standIn(library: string): string {
  return `import { createRequire } from "node:module";
    export default createRequire(import.meta.url)(${JSON.stringify(library)});`;
}

Deno.test("loadRuntime() needs --allow-ffi and nothing else", async () => {
  assertEquals(await load(["--allow-ffi"]), PACKAGE.split("@").at(-1));
});

Deno.test("loadRuntime() names the permission that is not given", async () => {
  const text = await load([]);
  assertStringIncludes(text, "onnx (permission): Deno must allow the native library");
  assertStringIncludes(text, "wanted  --allow-ffi");
  assert(!text.includes("run again"), text);
});

Deno.test("loadRuntime() says when the package cannot be fetched", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const text = await load(["--allow-ffi", "--cached-only"], { env: { DENO_DIR: folder } });
    assertStringIncludes(text, "onnx (engine): the package of ONNX Runtime must be there");
    assertStringIncludes(text, `wanted  ${PACKAGE}`);
    assertStringIncludes(text, "connection to npm");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("loadRuntime() says when the library is damaged, and when there is none for the system", async () => {
  const allowed = ["--allow-ffi", "--allow-read"];
  const broken = await load(allowed, { library: "./broken.node" });
  assertStringIncludes(broken, "onnx (engine): the native library of ONNX Runtime must load");
  assertStringIncludes(broken, "broken.node");
  assertStringIncludes(broken, "removing its folder");
  const library = "../bin/napi-v6/plan9/mips/onnxruntime_binding.node";
  const missing = await load(allowed, { library });
  assertStringIncludes(missing, "onnx (engine): ONNX Runtime must have a library for this system");
  assertStringIncludes(missing, "got     none for plan9/mips");
  assertStringIncludes(missing, "hint    use the engine tfjs");
});

Deno.test("loadRuntime() says that one binary holds no ONNX Runtime, and what to use", async () => {
  const { code, hint } = onlyProblem(await loadRuntime(true));
  assertEquals(code, "library-missing");
  assertStringIncludes(hint, "use the engine tfjs");
});

Deno.test("loadingProblem() tells a system without a library from a library that does not load", () => {
  const missing = Object.assign(
    new Error(
      "Cannot find module '../bin/napi-v6/darwin/x64/onnxruntime_binding.node'\nRequire stack:\n- /a/b.js",
    ),
    { code: "MODULE_NOT_FOUND" },
  );
  const other = loadingProblem(missing);
  assertEquals([other.rule, other.got], [
    "ONNX Runtime must have a library for this system",
    "none for darwin/x64",
  ]);
  const broken = new TypeError(
    "libc.so.6: version `GLIBC_2.28' not found\n  path: /a/onnxruntime_binding.node",
  );
  const problem = loadingProblem(broken);
  assertEquals(problem.rule, "the native library of ONNX Runtime must load");
  assertStringIncludes(problem.got, "GLIBC_2.28' not found; path: /a/onnxruntime_binding.node");
  assertStringIncludes(problem.hint, "glibc 2.28");
});

Deno.test("no part of netfold has ONNX Runtime in its graph, so nothing fetches it unasked", async () => {
  // What stands in the import map is fetched by every deno task.
  assert(!Object.hasOwn(project.imports, "onnxruntime-node"));
  const modules = [
    ...Object.values(project.exports),
    "./tasks/train/main.ts",
    "./tasks/doctor/main.ts",
  ];
  for (const module of modules) {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--no-lock", module],
      cwd: root,
    }).output();
    const graph: { readonly modules: readonly { readonly specifier: string }[] } = JSON.parse(
      new TextDecoder().decode(stdout),
    );
    const names = graph.modules.map(({ specifier }) => specifier);
    assert(names.length > 0 && !names.some((name) => name.includes("onnxruntime-node")), module);
  }
});
