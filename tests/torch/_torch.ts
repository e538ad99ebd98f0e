/**
 * The Python of tests and benchmarks, and whether PyTorch is in it. The
 * interpreter is the one that NETFOLD_PYTHON names, or `python3`. Without torch
 * in it tests that need it are skipped, unless NETFOLD_REQUIRE_TORCH is set.
 */
import { fromFileUrl, join } from "@std/path";
import { LineProcess } from "../_line_process.ts";

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
  if (!("missing" in found)) {
    withForks();
    return Deno.test(name, work);
  }
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

/** The process that programs of this file's tests are forked from, once one is; they wait for each other. */
let forks: LineProcess | undefined;
let hasForks = false;

/** Lets programs be forked, until the end of the file's tests. */
function withForks(): void {
  if (hasForks) return;
  hasForks = true;
  Deno.test.afterAll(async () => {
    await forks?.[Symbol.asyncDispose]();
    forks = undefined;
  });
}

/** What runs a program, beside its arguments. */
interface RunOptions {
  /** What is added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The folder in which it runs. */
  readonly cwd?: string;
  /** How many processes run it, which find each other as those of torchrun do. */
  readonly processes?: number;
}

/** Runs a program in the interpreter, given as on its command line. */
export async function runPython(
  args: readonly string[],
  { env = {}, cwd, processes = 1 }: RunOptions = {},
): Promise<Said> {
  if (!hasForks) throw new Error("there is no PyTorch, and this is no test that needs it");
  forks ??= new LineProcess(python, ["-B", testFile("torch/fork.py")]);
  const folder = await Deno.makeTempDir();
  const [stdout, stderr] = [join(folder, "stdout"), join(folder, "stderr")];
  try {
    const given = { PYTHONDONTWRITEBYTECODE: "1", ...env };
    const request = { args, env: given, cwd: cwd ?? null, stdout, stderr, processes };
    const code = Number(await forks.ask(JSON.stringify(request)));
    const read = (path: string) => Deno.readTextFile(path).catch(() => "");
    return {
      code: code < 0 ? 128 - code : code,
      stdout: await read(stdout),
      stderr: await read(stderr),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs one of the scripts beside these tests, and reads the JSON it prints. */
export async function ask(script: string, ...args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await runPython([testFile(`torch/${script}`), ...args]);
  if (code !== 0) throw new Error(`${script} failed\n${stderr}`);
  return JSON.parse(stdout);
}
