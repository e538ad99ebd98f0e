/** Which packages a module brings along whatever is done with it: those that its static imports lead to. */
import { join, toFileUrl } from "@std/path";
import { infoOf, root } from "./_graph.ts";

/** The packages of npm and of Node by file, both relative to the root. */
export async function packagesOf(
  files: readonly string[],
): Promise<Readonly<Record<string, readonly string[]>>> {
  const { modules, redirects = {} } = await infoOf(files);
  const targets = new Map(modules.map(({ specifier, dependencies = [] }) => [
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
