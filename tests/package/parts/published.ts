/**
 * The package as its users have it: from a registry, in an empty folder, with the permissions that
 * docs/package.md names for what is imported.
 */
import { assert, assertEquals, assertLess } from "@std/assert";
import { join } from "@std/path";
import project from "../../../deno.json" with { type: "json" };
import { inBrowser } from "../../_browser.ts";
import { png } from "../../data/_pictures.ts";
import { blocksOf, fileName, isCode, isRun, root } from "../../docs/_blocks.ts";
import { answerOfPage, copyOfPackage, WASM, writePage } from "../../platform/_site.ts";
import type { Trained } from "../_use/page.ts";
import type { Part, User } from "../_user.ts";

const page = await Deno.readTextFile(join(root, "docs/package.md"));
const blocks = (await Promise.all(["README.md", "docs/start.md"].map(blocksOf))).flat()
  .filter(isCode);
const entries = Object.keys(project.exports);

/** A script that plans and counts. */
const COUNT = `
import { cost, orThrow, params, plan } from "@netfold/netfold";
import { attention56 } from "@netfold/netfold/nets";

const planned = orThrow(plan(attention56(), [32, 32, 3]));
console.log(params(planned).trainable, cost(planned).macs);
`;

/** A script that only describes a network. */
const DESCRIBE = `
import { chain, toJSON } from "@netfold/netfold";
import { conv, dense, globalAveragePool } from "@netfold/netfold/layers";
import "@netfold/netfold/nets";

console.log(toJSON(chain(conv(8), globalAveragePool(), dense(10))).length);
`;

/** A script that draws images of its own. */
const DRAW = `
import { orThrow } from "@netfold/netfold";
import { shapes } from "@netfold/netfold/data";

console.log(orThrow(shapes({ count: 10, testCount: 10 })).train.count);
`;

/**
 * The most that their bundles may come to, with gzip; docs/package.md says it too. They grow by all
 * that a module calls, spreads or looks up when it is loaded, whoever uses it, unless the call is
 * marked as pure.
 */
const MOST_BYTES = { count: 27_000, describe: 11_000, draw: 32_000 };

/** A script that starts the board, and says how large its files are. */
const BOARD = `
import { netfold } from "@netfold/netfold/cli";

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
const { port } = listener.addr;
listener.close();
netfold(["board", "--port", String(port)]);

async function fetched(path) {
  for (;;) {
    try {
      return await (await fetch(\`http://127.0.0.1:\${port}\${path}\`)).bytes();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

const sizes = {};
const files = ["/", "/page.css", "/page.js", "/code.js", "/editor.js", "/engine.js", "/formats.js"]
  .concat("/graphviz.js");
for (const path of [...files, "/wasm/tfjs-backend-wasm-simd.wasm"]) {
  const bytes = await fetched(path);
  sizes[path] = bytes.length;
  const zipped = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  sizes[path + " zipped"] = (await new Response(zipped).bytes()).length;
}
console.log(JSON.stringify(sizes));
Deno.exit(0);
`;

/** A script that starts the board, has it train a network, and says how that ended. */
const TRAINING_BOARD = `
import { netfold } from "@netfold/netfold/cli";

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
const { port } = listener.addr;
listener.close();
netfold(["board", "--train", "--port", String(port)]);

async function asked(path, request) {
  for (;;) {
    try {
      return await (await fetch(\`http://127.0.0.1:\${port}/api/trainings\${path}\`, request)).json();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

const headers = { "Content-Type": "application/json" };
const given = { net: "cifar/plain", data: "shapes,count=40,test=10", steps: "1", batch: "8" };
console.log(await asked("/start", { method: "POST", headers, body: JSON.stringify(given) }));
for (;;) {
  const { trainings: [training] } = await asked("");
  if (training.state !== "training") {
    console.log(JSON.stringify(training));
    Deno.exit(0);
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
}
`;

/** The most that the board's script may come to, with gzip. */
const MOST_PAGE_BYTES = 150_000;

/** Flags that give Chromium a graphics card, imitated in software. */
const GRAPHICS = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/** A user's script of the folder `_use`. */
const useOf = (name: string): Promise<string> =>
  Deno.readTextFile(new URL(`../_use/${name}`, import.meta.url));

const afternoon = await useOf("train.ts");

async function outputOfNode(script: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("node", {
    args: [script],
    stdin: "null",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** The permissions that the page's table names for an entry, such as `./train`. */
function permissionsOf(entry: string): readonly string[] {
  const row = page.split("\n").find((line) => line.startsWith(`| \`${entry}\` `));
  if (row === undefined) throw new Error(`docs/package.md says nothing of ${entry}`);
  return row.match(/--allow-[^`\s]+/g) ?? [];
}

/** The entries that a script imports. */
function entriesOf(script: string): readonly string[] {
  return [...script.matchAll(/"@netfold\/netfold(\/[a-z]+)?"/g)].map(([, path = ""]) => `.${path}`);
}

async function outputOf(
  { run }: User,
  file: string,
  entries: readonly string[] = [],
): Promise<string> {
  const all = [...new Set(entries.flatMap(permissionsOf))];
  // What is allowed anywhere need not be allowed somewhere, and Deno would take it for that.
  const allow = all.filter((flag) =>
    !all.includes(flag.split("=")[0] ?? "") || !flag.includes("=")
  );
  const { success, stdout, stderr } = await run(file, { allow });
  assert(success, stderr);
  return stdout;
}

/** What README.md, docs/start.md and an afternoon's script do. */
export const published: Part = {
  name: "published",
  title: "every entry and every script works in an empty folder",
  write: async ({ write }) => {
    const imports = entries.map((entry, i) =>
      `import * as entry${i} from "${join(project.name, entry)}";\n`
    );
    const counts = entries.map((_, i) => `Object.keys(entry${i}).length`).join(", ");
    const loading = `${imports.join("")}console.log(JSON.stringify([${counts}]));\n`;
    return await Promise.all([
      write("entries.ts", loading),
      write("train.ts", afternoon),
      ...blocks.map((block) => write(fileName(block), `${block.text}\nexport {};\n`)),
    ]);
  },
  work: async (user, test) => {
    await test.step("every entry loads without permissions", async () => {
      const exported: readonly number[] = JSON.parse(await outputOf(user, "entries.ts"));
      assertEquals(entries.filter((_, i) => !((exported[i] ?? 0) > 0)), []);
    });

    await test.step("the scripts of README.md and docs/start.md run", async () => {
      const runs = blocks.filter(isRun);
      assert(runs.length > 5, `${runs.length} scripts`);
      await user.write("all.ts", runs.map((block) => `import "./${fileName(block)}";\n`).join(""));
      await outputOf(user, "all.ts", runs.flatMap(({ text }) => entriesOf(text)));
    });

    await test.step("training, measuring, studies, pictures and files for other programs", async () => {
      for (const [i, name] of ["red", "green", "red", "green"].entries()) {
        for (const part of ["train", "test"]) {
          const folder = join(user.folder, "pictures", part, name);
          await Deno.mkdir(folder, { recursive: true });
          await Deno.writeFile(join(folder, `${i}.png`), png(32, 32, { hue: i % 2 }));
        }
      }
      // Its data set is made in memory, and needs nothing.
      const used = entriesOf(afternoon).filter((entry) => entry !== "./data");
      const output = await outputOf(user, "train.ts", ["./tfjs", ...used]);
      const told = JSON.parse(output.trim().split("\n").at(-1) ?? "");
      const { losses, files, onnx, ...others } = told;
      for (const loss of Object.values(losses)) {
        assert(Math.abs(Number(loss) - losses.cpu) < 1e-3, JSON.stringify(losses));
      }
      assertEquals(Object.keys(losses), ["cpu", "wasm", "onnx"]);
      assert(files.some((file: string) => file.endsWith(".png")), `${files}`);
      assert(onnx > 1000, `${onnx} bytes`);
      assertEquals(others, { classes: ["green", "red"], sheet: true, svg: true, torch: true });
    });

    await test.step("the program runs, a command by its name", async () => {
      const { success, stdout, stderr } = await user.run(`jsr:${project.name}/cli`, {
        allow: permissionsOf("./cli"),
        args: ["summary", "cifar/attention-20", "--format", "csv"],
      });
      assert(success, stderr);
      assert(stdout.startsWith("path,type,input,output"), stdout);
      const packed = await user.run(`jsr:${project.name}/cli`, {
        allow: permissionsOf("./cli"),
        args: ["pack", "runs/first"],
      });
      assert(packed.stderr.includes("in a copy, run deno task pack"), packed.stderr);
    });

    await test.step("the board serves its page, and Graphviz and the engine for it", async () => {
      await user.write("board.ts", BOARD);
      const allow = [...permissionsOf("./cli"), "--allow-net=127.0.0.1"];
      const { success, stdout, stderr } = await user.run("board.ts", { allow });
      assert(success, stderr);
      const sizes: Readonly<Record<string, number>> = JSON.parse(
        stdout.trim().split("\n").at(-1) ?? "",
      );
      const least = {
        ...{ "/": 100, "/page.css": 1000, "/page.js": 1e5, "/engine.js": 1e5 },
        ...{ "/code.js": 5e4, "/editor.js": 1e5, "/formats.js": 1e5 },
        ...{ "/graphviz.js": 1e5, "/wasm/tfjs-backend-wasm-simd.wasm": 1e5 },
      };
      for (const [path, size] of Object.entries(least)) {
        assert((sizes[path] ?? 0) > size, JSON.stringify(sizes));
      }
      assert((sizes["/page.js zipped"] ?? Infinity) < MOST_PAGE_BYTES, JSON.stringify(sizes));
    });

    await test.step("the board trains by the package's own command", async () => {
      await user.write("training_board.ts", TRAINING_BOARD);
      const own = ["--allow-net=127.0.0.1", `--allow-run=${Deno.execPath()}`];
      const allow = [...permissionsOf("./cli"), "--allow-write=runs", ...own];
      const { success, stdout, stderr } = await user.run("training_board.ts", { allow });
      assert(success, stderr);
      const ended = { id: "cifar-plain-1", state: "done", said: "" };
      assertEquals(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""), ended);
    });

    await test.step("scripts that count, describe or draw are small programs of a page or of Node", async () => {
      await user.write("count.ts", COUNT);
      await user.write("describe.ts", DESCRIBE);
      await user.write("draw.ts", DRAW);
      for (const [name, most] of Object.entries(MOST_BYTES)) {
        const bundle = ["bundle", "-q", "--platform", "browser", "--minify"];
        await user.deno(...bundle, "-o", `${name}.mjs`, `${name}.ts`);
        const zipped = (await Deno.open(join(user.folder, `${name}.mjs`))).readable
          .pipeThrough(new CompressionStream("gzip"));
        const { byteLength } = await new Response(zipped).arrayBuffer();
        assert(byteLength <= most, `${name}.mjs has ${byteLength} bytes, zipped`);
      }
      assertEquals(await outputOfNode(join(user.folder, "count.mjs")), "1148826 122825216\n");
    });

    await test.step("training in memory runs in Node, and what needs files says that it needs Deno", async () => {
      await user.write("node.ts", await useOf("node.ts"));
      await user.deno(..."bundle -q --platform deno -o node.mjs node.ts".split(" "));
      const { epochs, answers, refused } = JSON.parse(
        await outputOfNode(join(user.folder, "node.mjs")),
      );
      assertEquals([epochs, answers], [2, 16]);
      assertEquals(refused, ["needs-deno", "needs-deno", "needs-deno", "needs-deno"]);
    });

    await test.step(inBrowser("a page trains on wasm and on WebGPU", async (browser) => {
      await user.write("page.ts", await useOf("page.ts"));
      const bundle = join(browser.folder, "page.js");
      await user.deno(..."bundle -q --platform browser page.ts -o".split(" "), bundle);
      await writePage(browser.folder, "page");
      await copyOfPackage(WASM, join(browser.folder, "wasm"));
      const asked = { page: "page", origins: "open", flags: GRAPHICS } as const;
      const [wasm, webgpu] = await answerOfPage(browser, asked) as readonly [Trained, Trained];
      assertEquals(wasm.engine, "tfjs wasm (SIMD, 1 thread)");
      assertEquals(webgpu.engine.slice(0, 11), "tfjs webgpu");
      for (const { engine, losses, right, labels, refused } of [wasm, webgpu]) {
        assertLess(losses.at(-1) ?? NaN, (losses[0] ?? NaN) / 2, `${engine} says ${losses}`);
        assertEquals(right, 1, engine);
        assertEquals(labels, labels.map((_, i) => i % 2 === 0 ? "lying" : "standing"));
        assertEquals(refused, "needs-deno");
      }
    }));
  },
};
