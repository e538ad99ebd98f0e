/** The tasks that draw and compare, as a shell runs them, with the permissions that they have. */
import { fromFileUrl } from "@std/path";

/** How a task ended. */
export interface Ended {
  /** The exit code. */
  readonly code: number;
  /** What it wrote for its caller. */
  readonly stdout: string;
  /** What it wrote for whoever watches. */
  readonly stderr: string;
}

const FLAGS = { diagram: ["--allow-read", "--allow-write=."], diff: ["--allow-read"] } as const;

/** Runs a task in a folder. */
export async function runIn(
  folder: string,
  task: keyof typeof FLAGS,
  ...args: readonly string[]
): Promise<Ended> {
  const path = (name: string) => fromFileUrl(new URL(`../../${name}`, import.meta.url));
  const flags = ["--no-lock", "--no-prompt", "--config", path("deno.json"), ...FLAGS[task]];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...flags, path("tasks/cli/main.ts"), task, ...args],
    cwd: folder,
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
