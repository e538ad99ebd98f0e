/**
 * Tests in a headless Chromium. Without one they are skipped by name, unless
 * NETFOLD_REQUIRE_BROWSER is set.
 */

import { retry } from "@std/async/retry";
import { join } from "@std/path";

const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

const isRequired = Deno.env.has("NETFOLD_REQUIRE_BROWSER");

/** What a test in a browser is given. */
export interface Browser {
  /** The browser's command. */
  readonly command: string;
  /** Flags that let it show nothing, with a profile of its own. */
  readonly flags: readonly string[];
  /** A folder for the test's files, removed after it. */
  readonly folder: string;
}

/** Removes a folder, though for a moment the processes of a browser that has ended still write into it. */
async function remove(folder: string): Promise<void> {
  await retry(() => Deno.remove(folder, { recursive: true }), {
    maxAttempts: 10,
    maxTimeout: 2000,
  });
}

/** Ends a process, if it still runs. */
export function end(process: Deno.ChildProcess): void {
  try {
    process.kill();
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof TypeError)) throw error;
  }
}

async function isInstalled(command: string): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args: ["--version"], stdin: "null" }).output())
      .success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const there = await Promise.all(NAMES.map(isInstalled));
const found = NAMES.find((_, i) => there[i]);

/** A test, or a step of one, that needs a browser. */
export function inBrowser(name: string, work: (browser: Browser) => Promise<void>) {
  return {
    name: `${name}${found === undefined ? " (skipped: there is no Chromium)" : ""}`,
    ignore: found === undefined && !isRequired,
    fn: () => withBrowser(work),
  };
}

/** A test that needs a browser. */
export function browserTest(name: string, work: (browser: Browser) => Promise<void>): void {
  Deno.test(inBrowser(name, work));
}

/**
 * Does something with a browser.
 *
 * @throws {Error} When there is none.
 */
export async function withBrowser(work: (browser: Browser) => Promise<void>): Promise<void> {
  if (found === undefined) throw new Error(`none of ${NAMES.join()} is here`);
  const folder = await Deno.makeTempDir();
  const profile = `--user-data-dir=${join(folder, "profile")}`;
  try {
    await work({ command: found, flags: [...FLAGS, profile], folder });
  } finally {
    await remove(folder);
  }
}
