/** What a run has come to. */
import { join } from "@std/path";
import type { Using } from "../../dsl/plan/language.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { loadCheckpoint } from "../../tasks/training/checkpoint.ts";

/** The last weights of a run and where they stand. */
export async function finalState(folder: string, name: string, using: Using = {}): Promise<object> {
  const path = join(folder, name, "last.safetensors");
  const { tensors, position } = orThrow(await loadCheckpoint(path, using));
  return { tensors: [...tensors].sort(([a], [b]) => a < b ? -1 : 1), position };
}
