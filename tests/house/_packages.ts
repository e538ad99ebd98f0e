/** What a module brings along: the files and the packages to which its imports lead. */
import { join, toFileUrl } from "@std/path";
import { infoOf, root } from "./_graph.ts";

/** What comes with a module; packages are those of npm and of Node, sorted. */
export interface Load {
  /** The packages that are run whatever is done with the module: those of static imports. */
  readonly packages: readonly string[];
  /** The packages that Deno resolves before it runs anything: those of literal `import()`, too. */
  readonly resolved: readonly string[];
  /** How many of the repository's files are run, its own among them. */
  readonly files: number;
}

/** What comes with each file, by its path relative to the root. */
export async function loadsOf(files: readonly string[]): Promise<ReadonlyMap<string, Load>> {
  const { modules, redirects = {} } = await infoOf(files);
  const imports = new Map(
    modules.map(({ specifier, dependencies = [] }) => [specifier, dependencies]),
  );
  const reached = (file: string, withDynamic: boolean): readonly string[] => {
    const seen = new Set([toFileUrl(join(root, file)).href]);
    // A set hands out what is added while it is gone through.
    for (const at of seen) {
      for (const { isDynamic = false, code } of imports.get(redirects[at] ?? at) ?? []) {
        if (code?.specifier !== undefined && (withDynamic || !isDynamic)) seen.add(code.specifier);
      }
    }
    return [...seen];
  };
  return new Map(files.map((file) => {
    const run = reached(file, false);
    return [file, {
      packages: packagesOf(run),
      resolved: packagesOf(reached(file, true)),
      files: run.filter((at) => at.startsWith("file:")).length,
    }];
  }));
}

function packagesOf(specifiers: readonly string[]): readonly string[] {
  return [...new Set(specifiers.flatMap((at) => nameOf(at) ?? []))].sort();
}

/** `fp-ts` of `npm:/fp-ts@2.16.11/lib/Either.js`, `node:zlib` of itself. */
function nameOf(specifier: string): string | undefined {
  if (specifier.startsWith("node:")) return specifier;
  return /^npm:\/?((?:@[^/]+\/)?[^@/]+)/.exec(specifier)?.[1];
}
