/** The endings of files that a command writes: what they say of the file, and which it can have. */

/** What stands behind the last dot of a file's name, in small letters; nothing where there is none. */
export function endingOf(file: string): string | undefined {
  return /[^/\\.]\.([^/\\.]+)$/.exec(file)?.[1]?.toLowerCase();
}

/**
 * What is wrong with the name of a file that is written as `what`, as a sentence; nothing when its
 * ending is one of those, the first of which is advised.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { endingMistake } from "./ending.ts";
 *
 * assertEquals(endingMistake("a.onnx", "an ONNX file", ["onnx"]), undefined);
 * assertEquals(
 *   endingMistake("a.pt", "an ONNX file", ["onnx"]),
 *   "--out a.pt is to be an ONNX file, whose name ends in .onnx",
 * );
 * ```
 */
export function endingMistake(
  file: string | undefined,
  what: string,
  endings: readonly string[],
): string | undefined {
  if (file === undefined || endings.includes(endingOf(file) ?? "")) return undefined;
  const wanted = endings.map((ending) => `.${ending}`).join(" or ");
  return `--out ${file} is to be ${what}, whose name ends in ${wanted}`;
}
