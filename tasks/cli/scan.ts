/**
 * The plain form of a command line: words, and options as `--name value` or
 * `--name=value`, all of them known and well written. It is read without the
 * parser library, which takes longer to load than all of Deno. Whatever is not
 * plain, help and mistakes among it, is left to the library.
 */
import type { Reader } from "./reader.ts";

/** Readers by the names of their options, without hyphens. */
export type Readers = Readonly<Record<string, Pick<Reader<unknown>, "read">>>;

/** The values of options. */
export type Values<R extends Readers> = {
  readonly [K in keyof R]?: ReturnType<R[K]["read"]>;
};

/** A command line that was plain. */
export interface Scanned<R extends Readers> {
  /** What does not belong to an option, in order. */
  readonly words: readonly string[];
  /** The options that were given. */
  readonly options: Values<R>;
}

/**
 * Reads a plain command line; gives nothing when it is not plain.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { whole } from "./reader.ts";
 * import { scan } from "./scan.ts";
 *
 * const readers = { classes: whole(1) };
 * assertEquals(scan(["net", "--classes", "5"], readers)?.options, { classes: 5 });
 * assertEquals(scan(["net", "--help"], readers), undefined);
 * ```
 */
export function scan<R extends Readers>(
  args: readonly string[],
  readers: R,
): Scanned<R> | undefined {
  const words: string[] = [];
  const options = new Map<string, unknown>();
  const rest = args.values();
  for (const arg of rest) {
    if (!arg.startsWith("-")) {
      words.push(arg);
      continue;
    }
    const [, name = "", given] = /^--([a-z-]+)(?:=(.*))?$/s.exec(arg) ?? [];
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
    const text = given ?? rest.next().value;
    const value = text === undefined ? undefined : reader?.read(text);
    if (value === undefined || options.has(name)) return undefined;
    options.set(name, value);
  }
  // Each value was read by the reader of its name.
  return { words, options: Object.fromEntries(options) as Values<R> };
}
