/** The board's page as files: its scripts as `deno bundle` makes them of `tasks/board/page`, and its styles. */
import { fromFileUrl, join, relative } from "@std/path";
import project from "../../deno.json" with { type: "json" };
import { npmFile } from "../../tasks/files/npm_file.ts";
import { sha256 } from "../../tasks/files/sha256.ts";
import { infoOf, root } from "./_graph.ts";

const FOLDER = join(root, "tasks/board/page");

/** The page's styles, relative to it. */
const STYLES = ["page.css", "tile.css", "runs/kept.css", "try/try.css", "train/train.css"]
  .concat("trainings/trainings.css");

/** What `deno bundle` makes a script of. */
export interface Bundled {
  /** The entry, relative to the page's folder. */
  readonly entry: string;
  /** A package that the script loads once it needs it, and where that is, as seen from the script. */
  readonly apart?: { readonly name: string; readonly address: string };
}

/**
 * What a script is made of, as a checksum: every source that its bundle holds, and the versions of
 * packages. The bundle itself differs from one version of Deno to the next.
 */
export async function checksumOf({ entry }: Bundled): Promise<string> {
  const { modules } = await infoOf([join("tasks/board/page", entry)]);
  const sources = modules.map(({ specifier }) => specifier)
    .filter((specifier) => !specifier.endsWith("/all.ts")).sort();
  const texts = await Promise.all(sources.map(async (specifier) => {
    if (!specifier.startsWith("file:")) return specifier;
    const path = fromFileUrl(specifier);
    return `${relative(root, path)}\n${await Deno.readTextFile(path)}`;
  }));
  return sha256().update(texts.join("\0")).digest("hex");
}

/** A script of the page. */
export async function scriptOf({ entry, apart }: Bundled): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "script.js");
    const args = ["bundle", "--quiet", "--no-lock", "--config", join(root, "deno.json")]
      .concat("--platform", "browser", "--minify")
      .concat(apart === undefined ? [] : ["--external", apart.name])
      .concat("--output", file, join(FOLDER, entry));
    const { success, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    const script = await Deno.readTextFile(file);
    if (apart === undefined) return script;
    const [before, after, ...others] = script.split(JSON.stringify(apart.name));
    if (after === undefined || others.length > 0) {
      throw new Error(`${entry} loads ${apart.name} in one place`);
    }
    return [before, JSON.stringify(apart.address), after].join("");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The styles of the page, and those of its charts. */
export async function pageStyle(): Promise<string> {
  const library = project.imports.uplot;
  await import(`${library}/package.json`, { with: { type: "json" } });
  const charts = new TextDecoder().decode(await npmFile(`${library}/dist/uPlot.min.css`));
  const own = STYLES.map((file) => Deno.readTextFile(join(FOLDER, file)));
  return [charts, ...await Promise.all(own)].join("\n");
}
