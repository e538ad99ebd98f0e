/**
 * The Python interpreter of these tests: the one that NETFOLD_PYTHON names, or
 * python3. Without torch in it they are skipped, unless NETFOLD_REQUIRE_TORCH
 * says that they must run.
 */
import { fromFileUrl } from "@std/path";

const NAME = Deno.env.get("NETFOLD_PYTHON") ?? "python3";

/** The interpreter, when it has torch. */
export const python: string | undefined = await has("torch") ? NAME : undefined;

async function has(module: string): Promise<boolean> {
  try {
    const found =
      `import importlib.util, sys; sys.exit(importlib.util.find_spec("${module}") is None)`;
    const { success } = await new Deno.Command(NAME, {
      args: ["-c", found],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

if (python === undefined && Deno.env.get("NETFOLD_REQUIRE_TORCH") === "1") {
  throw new Error(`NETFOLD_REQUIRE_TORCH is set, and ${NAME} has no torch`);
}

/** A test that needs torch. */
export function torchTest(name: string, work: () => Promise<void>): void {
  Deno.test({ name, ignore: python === undefined, fn: work });
}

const hasTorchvision = python !== undefined && await has("torchvision");

/** A test that needs torchvision too. */
export function torchvisionTest(name: string, work: () => Promise<void>): void {
  Deno.test({ name, ignore: !hasTorchvision, fn: work });
}

/** What a program said. */
export interface Said {
  /** The exit code. */
  readonly code: number;
  /** What it wrote for its caller. */
  readonly stdout: string;
  /** What it wrote for whoever watches. */
  readonly stderr: string;
}

/** Runs the interpreter; `env` is added to its environment. */
export async function runPython(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const { code, stdout, stderr } = await new Deno.Command(NAME, {
    args: [...args],
    env: { PYTHONDONTWRITEBYTECODE: "1", ...env },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Runs one of the scripts beside these tests, and reads the JSON it prints. */
export async function ask(script: string, ...args: readonly string[]): Promise<unknown> {
  const path = fromFileUrl(new URL(script, import.meta.url));
  const { code, stdout, stderr } = await runPython([path, ...args]);
  if (code !== 0) throw new Error(`${script} failed\n${stderr}`);
  return JSON.parse(stdout);
}
