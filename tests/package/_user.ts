/**
 * A user of the package, outside the repository: a folder with the files that publishing lists,
 * their specifiers written out as the registry does it, and beside it a folder of the user's own
 * whose deno.json maps `@netfold/netfold` to them and holds nothing else.
 */
import { assert } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import project from "../../deno.json" with { type: "json" };
import { withFolder } from "../files/_folder.ts";

const root = fromFileUrl(new URL("../../", import.meta.url));

/** How a script ended. */
export interface Ended {
  /** Whether its exit code is 0. */
  readonly success: boolean;
  /** What it printed. */
  readonly stdout: string;
  /** What it complained of. */
  readonly stderr: string;
}

/** How a script is run. */
export interface Run {
  /** The permissions, `--allow-read=.`; none by default. */
  readonly allow?: readonly string[];
  /** The script's arguments. */
  readonly args?: readonly string[];
  /** The script is killed once it has printed this. */
  readonly killAt?: string;
}

/** What the user does. */
export interface User {
  /** The user's folder. */
  readonly folder: string;
  /** Writes a file of the user's. */
  readonly write: (name: string, text: string) => Promise<void>;
  /** Type-checks files; fails with what is wrong. */
  readonly check: (...files: readonly string[]) => Promise<void>;
  /** Runs a file. */
  readonly run: (file: string, how?: Run) => Promise<Ended>;
}

async function deno(cwd: string, args: readonly string[], killAt?: string): Promise<Ended> {
  const process = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1" },
  }).spawn();
  const complaints = new Response(process.stderr).text();
  let stdout = "";
  for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
    stdout += text;
    if (killAt === undefined || !stdout.includes(killAt)) continue;
    process.kill("SIGKILL");
    killAt = undefined;
  }
  const { success } = await process.status;
  return { success, stdout, stderr: await complaints };
}

/** The files that would be published, relative to the root, as Deno lists them. */
export async function publishedFiles(): Promise<readonly string[]> {
  const flags = ["publish", "--dry-run", "--allow-dirty", "--no-check"];
  const { success, stdout, stderr } = await deno(root, flags);
  assert(success, stderr);
  const listed = `${stdout}\n${stderr}`.matchAll(/^ +(file:\/\/\S+) \([\d.]+[KM]?i?B\)$/gm);
  return [...listed].map(([, url = ""]) => fromFileUrl(url).slice(root.length));
}

/** A specifier without the repository's import map. */
function written(specifier: string): string {
  for (const [key, target] of Object.entries(project.imports)) {
    if (specifier === key) return target;
    const prefix = key.endsWith("/") ? key : `${key}/`;
    if (!specifier.startsWith(prefix)) continue;
    const end = target.endsWith("/") ? target : `${target}/`;
    return `${end}${specifier.slice(prefix.length)}`.replace("npm:/", "npm:");
  }
  return specifier;
}

/** Copies the files that publishing lists. */
async function publishTo(folder: string): Promise<void> {
  const files = await publishedFiles();
  assert(files.includes("mod.ts"), "publishing lists no mod.ts");
  for (const file of files) {
    const target = join(folder, file);
    await Deno.mkdir(dirname(target), { recursive: true });
    if (!file.endsWith(".ts")) {
      await Deno.copyFile(join(root, file), target);
      continue;
    }
    const text = await Deno.readTextFile(join(root, file));
    const out = text.replace(
      /\b(from |import |import\()"([^".][^"]*)"/g,
      (_, before, specifier) => `${before}"${written(specifier)}"`,
    );
    await Deno.writeTextFile(target, out);
  }
}

/** Does something as a user of the package, whose folders are gone afterwards. */
export async function withUser(work: (user: User) => Promise<void>): Promise<void> {
  await withFolder(async (parent) => {
    const folder = join(parent, "user");
    await publishTo(join(parent, "package"));
    await Deno.mkdir(folder);
    const imports = Object.fromEntries(
      Object.entries(project.exports).map(([entry, file]) => [
        join(project.name, entry),
        `../package/${file.replace("./", "")}`,
      ]),
    );
    await Deno.writeTextFile(join(folder, "deno.json"), JSON.stringify({ imports }));
    await work({
      folder,
      write: (name, text) => Deno.writeTextFile(join(folder, name), text),
      check: async (...files) => {
        const { success, stderr } = await deno(folder, ["check", "--no-lock", ...files]);
        assert(success, stderr);
      },
      run: (file, { allow = [], args = [], killAt } = {}) =>
        deno(
          folder,
          ["run", "--no-lock", "--no-prompt", "--no-check", ...allow, file, ...args],
          killAt,
        ),
    });
  });
}
