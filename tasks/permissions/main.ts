/**
 * What a task is allowed and denied beyond what stands in `deno.json`, as the value of one of Deno's
 * flags: folders and programs that variables name, and nothing for a variable that is
 * unset. A task's command asks for it: `"--allow-write=$(deno task -q permissions write)"`.
 */
import { systemCache } from "../data/system_cache.ts";

/** The root of the repository, wherever a task is called from; on Windows without the slash before its drive. */
const ROOT = decodeURIComponent(new URL("../..", import.meta.url).pathname)
  .replace(/\/$/, "").replace(/^\/(?=[A-Za-z]:)/, "");

type Read = (name: string) => string | undefined;

const OWN = [
  ...["dsl", "layers", "nets", "tasks", "tests", "docs", "node_modules"],
  ...["mod.ts", "deno.json", "deno.lock", "README.md", "CHANGELOG.md", "LICENSE"],
  ...[".git", ".github", ".ci", ".vscode", ".gitignore"],
];

const LISTS = {
  /** Runs, netfold's cache, and where its user says. */
  write: (read: Read) => ["runs", ...cacheOf(read, "netfold"), ...named(read)],
  /** netfold's cache. */
  cache: (read: Read) => cacheOf(read, "netfold"),
  /** Runs, and where its user says. */
  runs: (read: Read) => ["runs", ...named(read)],
  /** The folder in which someone stands, and where they say. */
  here: (read: Read) => [".", ...named(read)],
  /** The native libraries among Deno's packages, wherever Deno keeps them. */
  ffi: (read: Read) => {
    const [folder = ".deno"] = [...given(read("DENO_DIR")), ...cacheOf(read, "deno")];
    return [`${folder}/npm`];
  },
  /** Python, and the interpreter that stands in its place. */
  run: (read: Read) => ["python3", ...given(read("NETFOLD_PYTHON"))],
  /** Deno itself. */
  deno: () => given(Deno.execPath()),
  /** What netfold itself is made of, and what runs on its own: not for a task that writes here. */
  own: () => OWN.flatMap((path) => given(`${ROOT}/${path}`)),
} as const;

/** What `NETFOLD_WRITE` names: folders, with commas between them. */
function named(read: Read): readonly string[] {
  return (read("NETFOLD_WRITE") ?? "").split(",").filter((path) => path !== "");
}

/** A path that a list can hold: Deno takes a comma for the end of one. */
function given(path: string | undefined): readonly string[] {
  return path === undefined || path === "" || path.includes(",") ? [] : [path];
}

function cacheOf(read: Read, name: string): readonly string[] {
  const folder = systemCache(Deno.build.os, read);
  return folder.length === 0 ? [] : given([...folder, name].join("/"));
}

/** The value of a flag. */
export function listOf(name: keyof typeof LISTS, read: Read): string {
  return LISTS[name](read).join(",");
}

function isName(name: string | undefined): name is keyof typeof LISTS {
  return name !== undefined && Object.hasOwn(LISTS, name);
}

if (import.meta.main) {
  const [name] = Deno.args;
  if (!isName(name)) throw new TypeError(`the lists are ${Object.keys(LISTS).join(", ")}`);
  console.log(listOf(name, (variable) => Deno.env.get(variable)));
}
