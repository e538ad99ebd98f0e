/**
 * What a task is allowed beyond what stands in `deno.json`, as the value of one of Deno's flags:
 * folders and programs that the system's variables name, and nothing for a variable that is unset.
 * A task's command asks for it: `"--allow-write=$(deno task -q allow write)"`.
 */
import { systemCache } from "../data/system_cache.ts";

type Read = (name: string) => string | undefined;

const LISTS = {
  /** Runs, and netfold's cache. */
  write: (read: Read) => ["runs", ...cacheOf(read, "netfold")],
  /** The native libraries among Deno's packages, wherever Deno keeps them. */
  ffi: (read: Read) => {
    const [folder = ".deno"] = [...given(read("DENO_DIR")), ...cacheOf(read, "deno")];
    return [`${folder}/npm`];
  },
  /** Python, and the interpreter that stands in its place. */
  run: (read: Read) => ["python3", ...given(read("NETFOLD_PYTHON"))],
} as const;

/** A path that a list can hold: Deno takes a comma for the end of one. */
function given(path: string | undefined): readonly string[] {
  return path === undefined || path === "" || path.includes(",") ? [] : [path];
}

function cacheOf(read: Read, name: string): readonly string[] {
  const folder = systemCache(Deno.build.os, read);
  return folder.length === 0 ? [] : given([...folder, name].join("/"));
}

/** The value of a flag. */
export function allowed(flag: keyof typeof LISTS, read: Read): string {
  return LISTS[flag](read).join(",");
}

if (import.meta.main) {
  const [flag] = Deno.args;
  if (flag !== "write" && flag !== "ffi" && flag !== "run") throw new TypeError(`no flag ${flag}`);
  console.log(allowed(flag, (name) => Deno.env.get(name)));
}
