/** Which packages a module brings along whatever is done with it: those that its static imports lead to. */
import { join, toFileUrl } from "@std/path";
import { withFolder } from "../files/_folder.ts";
import { root } from "./_graph.ts";

interface Info {
  readonly redirects?: Readonly<Record<string, string>>;
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly isDynamic?: boolean;
      readonly code?: { readonly specifier?: string };
    }[];
  }[];
}

/** The packages of npm and of Node by file, both relative to the root. */
export async function packagesOf(
  files: readonly string[],
): Promise<Readonly<Record<string, readonly string[]>>> {
  const info = await infoOf(files);
  const { redirects = {} } = info;
  const targets = new Map(info.modules.map(({ specifier, dependencies = [] }) => [
    specifier,
    dependencies.filter(({ isDynamic = false }) => !isDynamic)
      .flatMap(({ code }) => code?.specifier ?? []),
  ]));
  return Object.fromEntries(files.map((file) => {
    const seen = new Set([toFileUrl(join(root, file)).href]);
    // A set hands out what is added while it is gone through.
    for (const at of seen) {
      for (const target of targets.get(redirects[at] ?? at) ?? []) seen.add(target);
    }
    const packages = [...seen].flatMap((at) => nameOf(at) ?? []);
    return [file, [...new Set(packages)].sort()];
  }));
}

/** `fp-ts` of `npm:/fp-ts@2.16.11/lib/Either.js`, `node:zlib` of itself. */
function nameOf(specifier: string): string | undefined {
  if (specifier.startsWith("node:")) return specifier;
  return /^npm:\/?((?:@[^/]+\/)?[^@/]+)/.exec(specifier)?.[1];
}

async function infoOf(files: readonly string[]): Promise<Info> {
  let text = "";
  await withFolder(async (folder) => {
    const entry = join(folder, "all.ts");
    const lines = files.map((file) => `import "${toFileUrl(join(root, file)).href}";\n`);
    await Deno.writeTextFile(entry, lines.join(""));
    const args = ["info", "--json", "--no-lock", "--config", join(root, "deno.json"), entry];
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    text = new TextDecoder().decode(stdout);
  });
  return JSON.parse(text);
}
