/**
 * `deno task compile`: netfold as one binary, by `deno compile`, with all that its commands load. The
 * arguments are options of `deno compile`: before `--` those that the task has for every binary, in
 * whose place those behind it stand that are called alike.
 */
import { join } from "@std/path";
import { embedded, ROOT } from "./embedded.ts";

/** Short names of options that the task has, by their letters. */
const SHORT: Readonly<Record<string, string>> = {
  "-o": "--output",
  "-R": "--allow-read",
  "-W": "--allow-write",
  "-E": "--allow-env",
  "-S": "--allow-sys",
  "-N": "--allow-net",
  "-A": "--allow-all",
};

/**
 * The options of a binary.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { optionsOf } from "./main.ts";
 *
 * const usual = ["--allow-read", "--allow-write=runs", "--output=netfold"];
 * assertEquals(optionsOf([...usual, "--", "-o", "a", "--allow-write"]), [
 *   "--allow-read",
 *   "-o",
 *   "a",
 *   "--allow-write",
 * ]);
 * assertEquals(optionsOf([...usual, "--", "-A"]), ["--output=netfold", "-A"]);
 * ```
 */
export function optionsOf(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  const [usual, given] = [args.slice(0, end), args.slice(end + 1)];
  const named = given.map(nameOf);
  const isReplaced = (name: string) =>
    named.includes(name) || (name.startsWith("--allow-") && named.includes("--allow-all"));
  return [...usual.filter((arg) => !isReplaced(nameOf(arg))), ...given];
}

function nameOf(arg: string): string {
  const [, letter = ""] = /^(-[A-Za-z])/.exec(arg) ?? [];
  return SHORT[letter] ?? arg.replace(/=.*$/s, "");
}

if (import.meta.main) {
  const included = (await embedded()).flatMap((name) => ["--include", name]);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["compile", "--no-check", "--exclude-unused-npm", "--config", join(ROOT, "deno.json")],
      ...optionsOf(Deno.args),
      ...included,
      join(ROOT, "tasks/cli/main.ts"),
    ],
  }).spawn().status;
  Deno.exit(code);
}
