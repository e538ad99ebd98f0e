/**
 * What a training says of PyTorch where no engine was asked for: on a processor that computes with bfloat16
 * by itself it mostly trains faster than netfold's engines, which compute in float32.
 */
import { printable } from "../../dsl/problem/escape.ts";
import type { Dataset, ImageSet } from "../data/dataset.ts";
import { torchAugmentProblem, torchRecipeProblems } from "../export/torch_recipe.ts";
import type { Recipe } from "../training/config.ts";

/** Says yes where there are both torch, which is not loaded, and such a processor. */
const SCRIPT = `
import importlib.util
try:
    words = set(open("/proc/cpuinfo").read().split())
except OSError:
    words = set()
found = importlib.util.find_spec("torch") is not None
print("yes" if found and words & {"avx512_bf16", "amx_bf16", "bf16"} else "no")
`;

/**
 * One line for a training that PyTorch knows; nothing where it is missing, not faster, or may not be
 * asked for. The interpreter is the one that `NETFOLD_PYTHON` names, or `python3`, unless given.
 */
export async function torchHint(
  recipe: Recipe,
  { train }: Dataset<ImageSet>,
  given?: string,
): Promise<string | undefined> {
  const unknown = torchAugmentProblem(recipe.augment) ?? torchRecipeProblems(recipe)[0];
  if (unknown !== undefined || !("pixels" in train)) return undefined;
  const python = given ?? await named() ?? "python3";
  const isAllowed = await isGranted({ name: "run", command: python });
  if (!isAllowed || !await isYes(python)) return undefined;
  return `PyTorch is in ${printable(python)}, and mostly faster on this processor: --engine torch`;
}

async function named(): Promise<string | undefined> {
  const isReadable = await isGranted({ name: "env", variable: "NETFOLD_PYTHON" });
  return isReadable ? Deno.env.get("NETFOLD_PYTHON") : undefined;
}

async function isGranted(asked: Deno.PermissionDescriptor): Promise<boolean> {
  return (await Deno.permissions.query(asked)).state === "granted";
}

async function isYes(python: string): Promise<boolean> {
  try {
    const command = new Deno.Command(python, { args: ["-c", SCRIPT], stderr: "null" });
    const { stdout } = await command.output();
    return new TextDecoder().decode(stdout).trim() === "yes";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
