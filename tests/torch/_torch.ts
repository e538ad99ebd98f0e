/**
 * The Python of tests and benchmarks, and whether PyTorch is in it. The
 * interpreter is the one that NETFOLD_PYTHON names, or `python3`. Without torch
 * in it tests that need it are skipped, unless NETFOLD_REQUIRE_TORCH is set.
 */
import { fromFileUrl } from "@std/path";

/** The interpreter. */
export const python: string = Deno.env.get("NETFOLD_PYTHON") ?? "python3";

/** What to do where it has no PyTorch. */
export const HOW_TO_GET_TORCH =
  "python3 -m venv .venv && .venv/bin/pip install torch, then set NETFOLD_PYTHON=.venv/bin/python";

/** The version of a package, or why there is none. */
export type Found = { readonly version: string } | { readonly missing: string };

/** Looks for PyTorch. */
export function findTorch(): Found {
  return find("torch");
}

const known = new Map<string, Found>();

function find(name: string): Found {
  const found = known.get(name) ?? lookUp(name);
  known.set(name, found);
  return found;
}

/** What the package says of itself; importing it would take seconds. */
function lookUp(name: string): Found {
  try {
    const args = ["-c", `from importlib.metadata import version; print(version("${name}"))`];
    const { success, stdout, stderr } = new Deno.Command(python, { args }).outputSync();
    const text = new TextDecoder().decode(success ? stdout : stderr).trim();
    return success ? { version: text } : { missing: text.split("\n").at(-1) ?? "" };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { missing: `there is no ${python}` };
    throw error;
  }
}

/** A test that needs torch. */
export function torchTest(name: string, work: () => Promise<void>): void {
  testWith("torch", "NETFOLD_REQUIRE_TORCH", name, work);
}

/** A test that needs `ray[train]` too. */
export function rayTest(name: string, work: () => Promise<void>): void {
  testWith("ray", "NETFOLD_REQUIRE_RAY", name, work);
}

/** A test that needs Pillow too, which is installed together with torchvision. */
export function pillowTest(name: string, work: () => Promise<void>): void {
  testWith("pillow", "NETFOLD_REQUIRE_TORCHVISION", name, work);
}

/** A test that needs torchvision too, which nothing else does. */
export function torchvisionTest(name: string, work: () => Promise<void>): void {
  testWith("torchvision", "NETFOLD_REQUIRE_TORCHVISION", name, work);
}

/** A test that needs TensorBoard, and no torch. */
export function tensorboardTest(name: string, work: () => Promise<void>): void {
  testWith("tensorboard", "NETFOLD_REQUIRE_TENSORBOARD", name, work);
}

function testWith(
  needed: string,
  requiredBy: string,
  name: string,
  work: () => Promise<void>,
): void {
  const found = find(needed);
  if (!("missing" in found)) return Deno.test(name, work);
  Deno.test({
    name: `skipped: ${needed} in ${python}: ${name}`,
    ignore: !Deno.env.has(requiredBy),
    fn: () => {
      throw new Error(`${requiredBy} is set: ${found.missing}`);
    },
  });
}

/** The path of a file of netfold's tests, relative to `tests`. */
export function testFile(name: string): string {
  return fromFileUrl(new URL(`../${name}`, import.meta.url));
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

/** Runs the interpreter, in the folder `cwd`; `env` is added to its environment. */
export async function runPython(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd?: string,
): Promise<Said> {
  const { code, stdout, stderr } = await new Deno.Command(python, {
    args: [...args],
    ...(cwd === undefined ? {} : { cwd }),
    env: { PYTHONDONTWRITEBYTECODE: "1", ...env },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Runs one of the scripts beside these tests, and reads the JSON it prints. */
export async function ask(script: string, ...args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await runPython([testFile(`torch/${script}`), ...args]);
  if (code !== 0) throw new Error(`${script} failed\n${stderr}`);
  return JSON.parse(stdout);
}
