/**
 * The wasm engine in a page: it works on several threads where the page is
 * isolated from other origins, and on one where it is not.
 */
import { assert, assertEquals } from "@std/assert";
import { browserTest } from "../_browser.ts";
import { answerOfPage, bundlePage, copyOfPackage, WASM } from "./_site.ts";
import type { Answer } from "./_threads_page.ts";

browserTest("the wasm engine works on several threads in an isolated page", async (browser) => {
  const { command, folder } = browser;
  await bundlePage(folder, { name: "page", script: "_threads_page.ts" });
  await copyOfPackage(WASM, folder);
  const answerOf = async (origins: "open" | "isolated"): Promise<Answer> => {
    const answer = await answerOfPage(browser, { page: "page", origins });
    assert(typeof answer === "object" && answer !== null, `${command} says ${answer}`);
    return answer as Answer;
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
});
