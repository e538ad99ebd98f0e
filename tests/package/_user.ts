/**
 * Users of the package, outside the repository: it is published to a registry of the tests' own, and
 * imported from there by `jsr:` specifiers, in folders that hold nothing but each user's files. Of
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
  /** Writes a file of the user's, whose imports of netfold are `jsr:` specifiers, and gives its path. */
  readonly write: (name: string, text: string) => Promise<string>;
  /** Runs a file. */
  readonly run: (file: string, how?: Run) => Promise<Ended>;
  /** Runs another command of Deno's, such as `bundle`; fails with what is wrong. */
  readonly deno: (...args: readonly string[]) => Promise<string>;
}

/** What a user does with the package. */
export interface Part {
  /** The name of the user's folder. */
  readonly name: string;
  /** What it shows. */
  readonly title: string;
  /** Writes the user's files, and gives the paths of those whose types are to be checked. */
  readonly write: (user: User) => Promise<readonly string[]>;
  /** Runs them. */
  readonly work: (user: User, test: Deno.TestContext) => Promise<void>;
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

/** Publishes the package, type-checks the files of all parts, and does what each does, as a test's step. */
export async function asUsers(parts: readonly Part[], test: Deno.TestContext): Promise<void> {
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
    const users = await Promise.all(parts.map(async (part) => {
      const user = userIn({ cwd: join(parent, part.name), env });
      await Deno.mkdir(user.folder);
      return { part, user, files: await part.write(user) };
    }));
    await test.step("all files pass the type checker", async () => {
      const files = users.flatMap(({ files }) => files);
      await succeeded({ cwd: parent, env }, "check", "-q", ...files);
    });
    for (const { part, user } of users) {
      await test.step(part.title, (step) => part.work(user, step));
    }
  });
}

function userIn(place: Place): User {
  const { cwd: folder } = place;
  return {
    folder,
    write: async (name, text) => {
      const path = join(folder, name);
      await Deno.writeTextFile(path, written(text));
      return path;
    },
    run: (file, { allow = [], args = [], killAt } = {}) =>
      deno(place, ["run", "-q", "--no-prompt", "--no-check", ...allow, file, ...args], killAt),
    deno: (...args) => succeeded(place, ...args),
  };
}
