/**
 * The wasm engine in a page: it works on several threads where the page is
 * isolated from other origins, and on one where it is not.
 */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import project from "../../deno.json" with { type: "json" };
import { npmFile } from "../../tasks/files/npm_file.ts";
import { browserTest, end } from "../_browser.ts";
import { LineProcess } from "../_line_process.ts";
import type { Answer } from "./_threads_page.ts";

const root = fromFileUrl(new URL("../../", import.meta.url));

const LIBRARY = project.imports["@tensorflow/tfjs-backend-wasm"];

const BINARY = "tfjs-backend-wasm-simd.wasm";

/** A page with its script, and the library's binary beside it. */
async function site(folder: string): Promise<void> {
  const page = join(root, "tests/platform/_threads_page.ts");
  const flags = ["--no-lock", "--config", join(root, "deno.json"), "--platform", "browser"];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", ...flags, "-o", join(folder, "page.js"), page],
    stdin: "null",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  await import(`${LIBRARY}/package.json`, { with: { type: "json" } });
  await Deno.writeFile(join(folder, BINARY), await npmFile(`${LIBRARY}/wasm-out/${BINARY}`));
  const html = `<!doctype html><meta charset="utf-8"><script type="module" src="page.js"></script>`;
  await Deno.writeTextFile(join(folder, "page.html"), html);
}

browserTest(
  "the wasm engine works on several threads in an isolated page",
  async ({ command, flags: shows, folder }) => {
    await site(folder);
    const answerOf = async (origins: "open" | "isolated"): Promise<Answer> => {
      const server = join(root, "tests/platform/_server.ts");
      const flags = ["--no-lock", "--config", join(root, "deno.json"), "--allow-net=127.0.0.1"];
      const args = ["run", ...flags, `--allow-read=${folder}`, server, folder, origins];
      await using process = new LineProcess(Deno.execPath(), args);
      const port = await process.line();
      const shown = new Deno.Command(command, {
        args: [
          ...shows,
          `--user-data-dir=${join(folder, origins)}`,
          `http://127.0.0.1:${port}/page.html`,
        ],
        ...{ stdin: "null", stdout: "null", stderr: "null" },
        signal: AbortSignal.timeout(120_000),
      }).spawn();
      try {
        const ended = shown.status.then(() => "");
        const answer = JSON.parse(await Promise.race([process.line(), ended]) || "null");
        assert(typeof answer === "object" && answer !== null, `${command} says ${answer}`);
        return answer;
      } finally {
        end(shown);
        await shown.status;
      }
    };
    const { results: [first = [], ...others], ...isolated } = await answerOf("isolated");
    assert(isolated.isolated && isolated.helped);
    assertEquals(isolated.engines[0], "tfjs wasm (SIMD, 1 thread)");
    assertEquals(isolated.engines[2], "tfjs wasm (SIMD, 2 threads)");
    assertEquals(first.length, 8192);
    for (const result of others) assertEquals(result, first);
    const open = await answerOf("open");
    assertEquals(open.isolated, false);
    assertEquals(open.engines, [
      ...new Array(2).fill("tfjs wasm (SIMD, 1 thread)"),
      "2 threads where no memory can be shared",
    ]);
    assertEquals(open.results.slice(0, 2), [first, first]);
  },
);
