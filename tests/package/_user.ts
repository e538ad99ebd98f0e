/**
 * A user of the package, outside the repository: it is published to a registry of the test's own, and
 * imported from there by `jsr:` specifiers, in a folder that holds nothing but the user's files. Of
 * Deno's caches only that of npm is not empty.
 */
import { assert } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import project from "../../deno.json" with { type: "json" };
import { LineProcess } from "../_line_process.ts";
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
  /** Writes a file of the user's, whose imports of netfold are `jsr:` specifiers. */
  readonly write: (name: string, text: string) => Promise<void>;
  /** Type-checks files; fails with what is wrong. */
  readonly check: (...files: readonly string[]) => Promise<void>;
  /** Runs a file. */
  readonly run: (file: string, how?: Run) => Promise<Ended>;
  /** Runs another command of Deno's, such as `bundle`; fails with what is wrong. */
  readonly deno: (...args: readonly string[]) => Promise<string>;
}

interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

async function deno(
  { cwd, env }: Place,
  args: readonly string[],
  killAt?: string,
): Promise<Ended> {
  const process = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1", ...env },
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

async function succeeded(place: Place, ...args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await deno(place, args);
  assert(success, `deno ${args.join(" ")}\n${stdout}\n${stderr}`);
  return stdout;
}

/** A cache of Deno's in a folder: it knows npm's packages, and nothing of the registry. */
async function cacheIn(folder: string): Promise<string> {
  const { npmCache } = JSON.parse(await succeeded({ cwd: root, env: {} }, "info", "--json"));
  await Deno.mkdir(npmCache, { recursive: true });
  await Deno.mkdir(folder);
  await Deno.symlink(npmCache, join(folder, "npm"), { type: "dir" });
  return folder;
}

/** A script's text with its imports as a user without a `deno.json` writes them. */
function written(text: string): string {
  return text
    .replaceAll(`"${project.name}`, `"jsr:${project.name}`)
    .replaceAll(`"@std/assert"`, `"${project.imports["@std/assert"]}"`);
}

/** Does something as a user of the package, whose folders are gone afterwards. */
export async function withUser(work: (user: User) => Promise<void>): Promise<void> {
  await withFolder(async (parent) => {
    const script = fromFileUrl(new URL("_registry.ts", import.meta.url));
    const flags = ["--no-lock", "--config", join(root, "deno.json"), "--allow-net=127.0.0.1"];
    const args = ["run", "-q", ...flags, script, project.name, "/deno.json"];
    await using registry = new LineProcess(Deno.execPath(), args);
    const env = {
      JSR_URL: `http://127.0.0.1:${await registry.line()}`,
      DENO_DIR: await cacheIn(join(parent, "cache")),
    };
    // The task `check` judges types, and what is not committed is tested, too.
    const given = ["--token", "0", "--no-check", "--allow-slow-types", "--allow-dirty"];
    await succeeded({ cwd: root, env }, "publish", ...given, "--no-provenance");
    const folder = join(parent, "user");
    await Deno.mkdir(folder);
    const place = { cwd: folder, env };
    await work({
      folder,
      write: (name, text) => Deno.writeTextFile(join(folder, name), written(text)),
      check: async (...files) => void await succeeded(place, "check", "-q", ...files),
      run: (file, { allow = [], args = [], killAt } = {}) =>
        deno(place, ["run", "-q", "--no-prompt", "--no-check", ...allow, file, ...args], killAt),
      deno: (...args) => succeeded(place, ...args),
    });
  });
}
