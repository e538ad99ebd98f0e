/** What is in a binary, laid out in a folder and run by a Deno that has its packages and no others. */
import { dirname, join } from "@std/path";
import project from "../../deno.json" with { type: "json" };
import { ROOT } from "../../tasks/compile/embedded.ts";
import { type Binary, PACKAGES } from "./_binary.ts";

const IN_FILES = new RegExp(`^${PACKAGES}/((?:@[^/]+/)?[^/]+/[^/]+)/`);
const IN_SPECIFIER = /^npm:\/?((?:@[^/]+\/)?[^/@]+)@([^/]+)/;

/** The packages that lie in a binary, as `NAME/VERSION`. */
export function packagesIn({ files }: Binary): ReadonlySet<string> {
  return new Set([...files].flatMap((file) => IN_FILES.exec(file)?.slice(1, 2) ?? []));
}

/** The package of a specifier, as `NAME/VERSION`. */
export function packageOf(specifier: string): string {
  return IN_SPECIFIER.exec(specifier)?.slice(1).join("/") ?? specifier;
}

/**
 * Lays out a binary in an empty folder, and gives Deno's arguments for it, but for permissions and
 * the program, and the folder of Deno's cache. `npm` is the folder of all packages of npm's registry.
 */
export async function layOut(binary: Binary, folder: string, npm: string): Promise<{
  readonly args: readonly string[];
  readonly root: string;
  readonly cache: string;
}> {
  const [root, cache] = [join(folder, "netfold"), join(folder, "cache")];
  for (const file of binary.files) {
    const isOwn = !file.startsWith(`${PACKAGES}/`);
    const inside = isOwn ? file : file.slice(PACKAGES.length + 1);
    const to = join(isOwn ? root : join(cache, "npm/registry.npmjs.org"), inside);
    await Deno.mkdir(dirname(to), { recursive: true });
    await put(join(isOwn ? ROOT : npm, inside), to);
  }
  const packages = packagesIn(binary);
  const isThere = (specifier: string): boolean => packages.has(packageOf(specifier));
  // Deno fetches all that a lock and a configuration name, whether it is loaded or not.
  const lock = join(folder, "lock.json");
  const locked = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.lock")));
  const specifiers = Object.entries(locked.specifiers).filter(([name]) => isThere(name));
  const { version, npm: versions } = locked;
  const kept = { version, specifiers: Object.fromEntries(specifiers), npm: versions };
  await Deno.writeTextFile(lock, JSON.stringify(kept));
  const map = join(folder, "map.json");
  const imports = Object.entries(project.imports).filter(([, to]) => isThere(to));
  // What stands for a package stands for what is in it, too.
  const within = imports.filter(([name]) => !name.endsWith("/"))
    .map(([name, to]) => [`${name}/`, `${to.replace(/^npm:\/?/, "npm:/")}/`]);
  await Deno.writeTextFile(
    map,
    JSON.stringify({ imports: Object.fromEntries([...imports, ...within]) }),
  );
  const flags = ["-q", "--cached-only", "--no-prompt", "--no-config"];
  return { args: ["run", ...flags, "--import-map", map, "--lock", lock], root, cache };
}

/** Puts a file at another place too: the same one where that is on the same disk, else a copy. */
async function put(from: string, to: string): Promise<void> {
  await Deno.link(from, to).catch(() => Deno.copyFile(from, to));
}
