/** Where each system keeps what can be made again, by its variables. It loads nothing, for it is asked before each task. */

type Variable = readonly [name: string, ...below: string[]];

const VARIABLES: { readonly [os in typeof Deno.build.os]?: readonly Variable[] } = {
  windows: [["LOCALAPPDATA"]],
  darwin: [["HOME", "Library", "Caches"]],
};

const ELSEWHERE: readonly Variable[] = [["XDG_CACHE_HOME"], ["HOME", ".cache"]];

const isAbsolute = (path: string): boolean => /^([/\\]|[a-z]:)/i.test(path);

/** The variables that a system is asked for, in order. */
export function cacheVariables(os: typeof Deno.build.os): readonly string[] {
  return (VARIABLES[os] ?? ELSEWHERE).map(([name]) => name);
}

/** The parts of the path of the folder of caches; none when no variable is an absolute path. */
export function systemCache(
  os: typeof Deno.build.os,
  read: (name: string) => string | undefined,
): readonly string[] {
  for (const [name, ...below] of VARIABLES[os] ?? ELSEWHERE) {
    const value = read(name);
    if (value !== undefined && isAbsolute(value)) return [value, ...below];
  }
  return [];
}
