/**
 * The folder in which netfold keeps what can be made again: decoded data sets.
 * It lies where each system wants such things.
 */
import { join } from "@std/path";
import { fail, type Result, right } from "../fp.ts";
import { IN_DENO, needsDeno } from "../files/io_problem.ts";
import { cacheVariables, systemCache } from "./system_cache.ts";

/** What {@link cacheFolder} says on a system with certain variables. */
export function cachePath(
  os: typeof Deno.build.os,
  read: (name: string) => string | undefined,
): Result<string> {
  const names = cacheVariables(os);
  const common = {
    path: "cache",
    layer: "option",
    code: "no-cache-folder",
    rule: "the cache folder must be known",
    wanted: `${names.join(" or ")} as an absolute path`,
  };
  try {
    const folder = systemCache(os, read);
    if (folder.length > 0) return right(join(...folder, "netfold"));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    const flag = `--allow-env=${names.join()}`;
    return fail({
      ...common,
      code: "not-allowed",
      got: "variables that Deno must be allowed to read",
      wanted: flag,
      hint: `run again with ${flag}, or name a cache folder`,
    });
  }
  return fail({
    ...common,
    got: `no absolute path in ${names.join(" or ")}`,
    hint: "name a cache folder",
  });
}

/**
 * The path of netfold's cache folder: `$XDG_CACHE_HOME/netfold` or `$HOME/.cache/netfold`, on macOS
 * `$HOME/Library/Caches/netfold`, on Windows `%LOCALAPPDATA%/netfold`. The folder need not exist.
 * Needs permission to read those variables, and fails when none of them is set to an absolute path.
 *
 * @example
 * ```ts
 * import { cacheFolder } from "@netfold/netfold/data";
 *
 * const folder = cacheFolder();
 * if (folder._tag === "Right") console.log(`caches are in ${folder.right}`);
 * ```
 */
export function cacheFolder(): Result<string> {
  if (!IN_DENO) return fail(needsDeno("cache"));
  return cachePath(Deno.build.os, (name) => Deno.env.get(name));
}
