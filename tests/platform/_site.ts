/** Sites of pages for a browser: bundled scripts, files of packages, and what pages answer. */
import { assert } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import project from "../../deno.json" with { type: "json" };
import { npmFile } from "../../tasks/files/npm_file.ts";
import { type Browser, end } from "../_browser.ts";
import { LineProcess } from "../_line_process.ts";

const root = fromFileUrl(new URL("../../", import.meta.url));

/** The library's binary of the wasm backend, and its package. */
export const WASM = {
  library: project.imports["@tensorflow/tfjs-backend-wasm"],
  folder: "wasm-out",
  name: "tfjs-backend-wasm-simd.wasm",
} as const;

/** Writes a page that loads the script of its name, `page.js` of `page`, and other markup before it. */
export async function writePage(folder: string, name: string, before = ""): Promise<void> {
  const html =
    `<!doctype html><meta charset="utf-8">${before}<script type="module" src="${name}.js"></script>`;
  await Deno.writeTextFile(join(folder, `${name}.html`), html);
}

/** Writes a page with a script of this folder, bundled, and other markup before it. */
export async function bundlePage(
  folder: string,
  { name, script, before }: {
    readonly name: string;
    readonly script: string;
    readonly before?: string;
  },
): Promise<void> {
  const flags = ["--no-lock", "--config", join(root, "deno.json"), "--platform", "browser"];
  const source = join(root, "tests/platform", script);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", ...flags, "-o", join(folder, `${name}.js`), source],
    stdin: "null",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  await writePage(folder, name, before);
}

/** Puts a file of a package into a folder, which is made if it is not there. */
export async function copyOfPackage(
  { library, folder, name }: {
    readonly library: string;
    readonly folder: string;
    readonly name: string;
  },
  to: string,
): Promise<void> {
  // Deno says where a package's files lie only when it knows the package already.
  await import(`${library}/package.json`, { with: { type: "json" } });
  await Deno.mkdir(to, { recursive: true });
  await Deno.writeFile(join(to, name), await npmFile(`${library}/${folder}/${name}`));
}

/** Serves a folder's files to pages, which share memory where they are isolated; its first line is the port. */
export function serving(folder: string, origins: "open" | "isolated"): LineProcess {
  const server = join(root, "tests/platform/_server.ts");
  const flags = ["--no-lock", "--config", join(root, "deno.json"), "--allow-net=127.0.0.1"];
  const args = ["run", ...flags, `--allow-read=${folder}`, server, folder, origins];
  return new LineProcess(Deno.execPath(), args);
}

/** What a page posts to `/answer`. */
export async function answerOfPage(
  { command, flags: shows, folder }: Browser,
  { page, origins, flags: more = [] }: {
    readonly page: string;
    readonly origins: "open" | "isolated";
    readonly flags?: readonly string[];
  },
): Promise<unknown> {
  await using process = serving(folder, origins);
  const port = await process.line();
  const profile = `--user-data-dir=${join(folder, origins)}`;
  const shown = new Deno.Command(command, {
    args: [...shows, ...more, profile, `http://127.0.0.1:${port}/${page}.html`],
    ...{ stdin: "null", stdout: "null", stderr: "null" },
    signal: AbortSignal.timeout(240_000),
  }).spawn();
  try {
    const ended = shown.status.then(() => "");
    const answer: unknown = JSON.parse(await Promise.race([process.line(), ended]) || "null");
    assert(answer !== null, `${command} ended without an answer`);
    return answer;
  } finally {
    end(shown);
    await shown.status;
  }
}
