/** The board's page as files: its script as `deno bundle` makes it of `tasks/board/page`, and its styles. */
import { fromFileUrl, join, relative } from "@std/path";
import project from "../../deno.json" with { type: "json" };
import { npmFile } from "../../tasks/files/npm_file.ts";
import { sha256 } from "../../tasks/files/sha256.ts";
import { infoOf, root } from "./_graph.ts";

const FOLDER = join(root, "tasks/board/page");

/** Graphviz, which is larger than all else: the page loads it from its server when it draws. */
const GRAPHVIZ = '"@viz-js/viz"';

/**
 * What the page's script is made of, as a checksum: every source that its bundle holds, and the
 * versions of packages. The bundle itself differs from one version of Deno to the next.
 */
export async function pageChecksum(): Promise<string> {
  const { modules } = await infoOf(["tasks/board/page/page.tsx"]);
  const sources = modules.map(({ specifier }) => specifier)
    .filter((specifier) => !specifier.endsWith("/all.ts")).sort();
  const texts = await Promise.all(sources.map(async (specifier) => {
    if (!specifier.startsWith("file:")) return specifier;
    const path = fromFileUrl(specifier);
    return `${relative(root, path)}\n${await Deno.readTextFile(path)}`;
  }));
  return sha256().update(texts.join("\0")).digest("hex");
}

/** The script of the page. */
export async function pageScript(): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "page.js");
    const args = ["bundle", "--quiet", "--no-lock", "--config", join(root, "deno.json")]
      .concat("--platform", "browser", "--minify", "--external", "@viz-js/viz")
      .concat("--output", file, join(FOLDER, "page.tsx"));
    const { success, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const script = await Deno.readTextFile(file);
    if (script.split(GRAPHVIZ).length !== 2) {
      throw new Error("the page loads Graphviz in one place");
    }
    return script.replace(GRAPHVIZ, '"/graphviz.js"');
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The styles of the page, and those of its charts. */
export async function pageStyle(): Promise<string> {
  const library = project.imports.uplot;
  await import(`${library}/package.json`, { with: { type: "json" } });
  const charts = new TextDecoder().decode(await npmFile(`${library}/dist/uPlot.min.css`));
  return `${charts}\n${await Deno.readTextFile(join(FOLDER, "page.css"))}`;
}
