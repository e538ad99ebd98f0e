/**
 * Tests in a headless Chromium. Without one they are skipped by name, unless
 * NETFOLD_REQUIRE_BROWSER is set.
 */

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

const isRequired = Deno.env.has("NETFOLD_REQUIRE_BROWSER");

/** Flags for a browser that shows nothing, with its profile in a folder. */
export function headless(profile: string): readonly string[] {
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
  return [...flags, `--user-data-dir=${profile}`];
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

/** A test that needs a browser, and is given its command. */
export function browserTest(name: string, work: (browser: string) => Promise<void>): void {
  Deno.test({
    name: `${name}${found === undefined ? " (skipped: there is no Chromium)" : ""}`,
    ignore: found === undefined && !isRequired,
    fn: () => {
      if (found !== undefined) return work(found);
      throw new Error(`NETFOLD_REQUIRE_BROWSER is set, and none of ${NAMES.join()} is here`);
    },
  });
}
