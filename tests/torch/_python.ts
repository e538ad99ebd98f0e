/** The Python in which PyTorch is looked for: that of NETFOLD_PYTHON, else `python3`. */
import { fromFileUrl } from "@std/path";

/** The interpreter. */
export function python(): string {
  return Deno.env.get("NETFOLD_PYTHON") ?? "python3";
}

/** What to do where it has no PyTorch. */
export const HOW_TO_GET_TORCH =
  "python3 -m venv .venv && .venv/bin/pip install torch, then set NETFOLD_PYTHON=.venv/bin/python";

/** The version of PyTorch, or why there is none. */
export type Torch = { readonly version: string } | { readonly missing: string };

/** Looks for PyTorch. */
export async function findTorch(): Promise<Torch> {
  try {
    const args = ["-c", "import torch; print(torch.__version__)"];
    const { success, stdout, stderr } = await new Deno.Command(python(), { args }).output();
    const decoder = new TextDecoder();
    if (success) return { version: decoder.decode(stdout).trim() };
    return { missing: decoder.decode(stderr).trim().split("\n").at(-1) ?? "" };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { missing: `there is no ${python()}` };
    throw error;
  }
}

/** The path of a file of netfold's tests, relative to `tests`. */
export function testFile(name: string): string {
  return fromFileUrl(new URL(`../${name}`, import.meta.url));
}
