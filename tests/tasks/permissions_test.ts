/** What tasks are allowed: folders that are meant, and nothing for a variable that is unset. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import project from "../../deno.json" with { type: "json" };
import { listOf } from "../../tasks/permissions/main.ts";

const root = fromFileUrl(new URL("../../", import.meta.url));
const HOME = Deno.build.os === "windows" ? "LOCALAPPDATA" : "HOME";

const on = (variables: Readonly<Record<string, string>>) =>
  (["write", "ffi", "run"] as const).map((list) => listOf(list, (name) => variables[name]));

Deno.test("a variable that is unset, empty or of no use allows nothing", () => {
  const nothing = ["runs", ".deno/npm", "python3"];
  assertEquals(on({}), nothing);
  assertEquals(on({ [HOME]: "", XDG_CACHE_HOME: "", DENO_DIR: "", NETFOLD_PYTHON: "" }), nothing);
  assertEquals(on({ [HOME]: "/a,/b", DENO_DIR: "/c,/", NETFOLD_PYTHON: "a,/bin/sh" }), nothing);
});

Deno.test({
  name: "the lists follow the variables as the cache does",
  ignore: Deno.build.os !== "linux",
  fn: () => {
    assertEquals(on({ HOME: "/home/a b", NETFOLD_PYTHON: ".venv/bin/python" }), [
      "runs,/home/a b/.cache/netfold",
      "/home/a b/.cache/deno/npm",
      "python3,.venv/bin/python",
    ]);
    assertEquals(on({ HOME: "/home/a", XDG_CACHE_HOME: "/x", DENO_DIR: "/d" }), [
      "runs,/x/netfold",
      "/d/npm",
      "python3",
    ]);
  },
});

Deno.test("tasks that compute for long keep the memory of a step for the next one", () => {
  const tasks = Object.entries(project.tasks).filter(([, { command }]) =>
    command.includes(
      "MALLOC_TRIM_THRESHOLD_=4000000000 MALLOC_MMAP_THRESHOLD_=4000000000 deno run ",
    )
  );
  assertEquals(tasks.map(([name]) => name), ["train", "find-rate", "evaluate", "study", "pack"]);
});

Deno.test("tasks that look for a graphics card name a folder to its driver, which complains where none is set", () => {
  const commands = Object.values(project.tasks).map(({ command }) => command)
    .filter((command) => command.includes(' "--allow-ffi='));
  assert(commands.length > 0);
  for (const command of commands) {
    // "/" where it is unset, and the same folder where it is set.
    assertStringIncludes(command, 'cd "$INIT_CWD" && XDG_RUNTIME_DIR="/$XDG_RUNTIME_DIR" ');
  }
});

/** Which of some permissions a task's command gives, by a task of the same command that says so. */
async function granted(
  task: keyof typeof project.tasks,
  wanted: readonly Deno.PermissionDescriptor[],
  env: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const folder = await Deno.makeTempDir();
  try {
    const script = join(folder, "ask.ts");
    const source = `const wanted = ${JSON.stringify(wanted)};\n` +
      "console.log(JSON.stringify(wanted.map((one) => Deno.permissions.querySync(one).state)));";
    await Deno.writeTextFile(script, source);
    const ask = project.tasks[task].command.replace("$ROOT/tasks/cli/main.ts", script);
    const lists = project.tasks.permissions.command.replace("tasks/", join(root, "tasks/"));
    const config = join(folder, "deno.json");
    const { permissions } = project;
    await Deno.writeTextFile(
      config,
      JSON.stringify({ tasks: { ask, permissions: lists }, permissions }),
    );
    const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "--config", config, "ask"],
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH") ?? "", NO_COLOR: "1", ...env },
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: "a task of which every variable is unset may write runs, and nothing at the root",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const wanted: readonly Deno.PermissionDescriptor[] = [
      { name: "write", path: "runs/a" },
      { name: "write", path: "/netfold" },
      { name: "write", path: "/" },
      { name: "ffi", path: "/deno" },
      { name: "ffi", path: "/npm" },
      { name: "run", command: "/" },
      { name: "run", command: "python3" },
    ];
    const states = await granted("train", wanted, {});
    assertEquals(states, ["granted", ...Array(5).fill("prompt"), "granted"]);
    const home = await granted("evaluate", [
      { name: "write", path: "/tmp/a home/.cache/netfold/x" },
      { name: "write", path: "/tmp/a home/.cache" },
      { name: "write", path: "/netfold" },
    ], { XDG_CACHE_HOME: "/tmp/a home/.cache" });
    assertEquals(home, ["granted", "prompt", "prompt"]);
  },
});

Deno.test("export, diagram and board write here, but not over what netfold is made of", async () => {
  const own = ["dsl/a.ts", "layers/a", "nets/a", "tasks/a", "tests/a", "docs/a.md", "mod.ts"]
    .concat("deno.json", "deno.lock", "README.md", ".git/hooks/pre-commit", ".vscode/tasks.json")
    .map((path) => join(root, path));
  const paths = ["a.onnx", "runs/a/a.svg", ...own];
  const wanted = paths.map((path) => ({ name: "write", path }) as const);
  for (const task of ["export", "diagram", "board"] as const) {
    const states = await granted(task, [...wanted, { name: "run" }], {});
    assertEquals(states, ["granted", "granted", ...own.map(() => "denied"), "prompt"]);
  }
});

Deno.test("no command of a task names a variable that may be unset", () => {
  for (const [name, { command }] of Object.entries(project.tasks)) {
    const set = [...command.matchAll(/([A-Z]+)=/g)].map(([, variable]) => variable);
    // "/" with nothing after it is what the driver gets where its folder is unset.
    const known = new Set(["PWD", "INIT_CWD", "XDG_RUNTIME_DIR", ...set]);
    for (const [, variable] of command.matchAll(/\$([A-Z_{]+)/g)) {
      assert(known.has(variable), `${name}: $${variable}`);
    }
  }
});

Deno.test({
  name: "NETFOLD_WRITE names folders that a task may write, and paths count from where one stands",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const wanted = ["/a b/c", "/d", "/e", "runs/a"]
      .map((path) => ({ name: "write", path }) as const);
    const env = { NETFOLD_WRITE: "/a b,/d" };
    assertEquals(await granted("import", wanted, env), ["granted", "granted", "prompt", "granted"]);
    const elsewhere = { ...env, INIT_CWD: "/" };
    const [there, here] = await granted("diagram", [
      { name: "write", path: "/e/f" },
      { name: "write", path: join(root, "mod.ts") },
    ], elsewhere);
    assertEquals([there, here], ["granted", "denied"]);
  },
});

Deno.test("a task that may not touch a file says so, and advises no flag that would not help", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { stderr, code } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-lock", "--no-prompt", "--config", join(root, "deno.json")],
        ...["--allow-read", "--allow-write=.", "--deny-write=mine.svg"],
        ...[join(root, "tasks/cli/main.ts"), "diagram", "cifar/plain", "--out=mine.svg"],
      ],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    const said = new TextDecoder().decode(stderr);
    assertEquals([code, said.includes("hint    choose another path")], [1, true], said);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
