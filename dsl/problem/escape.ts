/**
 * Text from outside on its way into a language: one function for each. Names of classes, files,
 * layers and runs may hold anything; what could break out of its place, or cannot be seen, appears
 * escaped. What is left readable is every letter, accent and emoji.
 */

/**
 * What steers a terminal or a line of text instead of being seen in it: control characters, line
 * breaks, bidirectional and other invisible marks, lone surrogates, what Unicode keeps for no
 * character. The joiners of emoji and of Persian stay.
 */
const UNSEEN =
  /[\p{Control}\p{Surrogate}\p{Line_Separator}\p{Paragraph_Separator}\p{Noncharacter_Code_Point}]|(?![\u200c\u200d])\p{Format}/gu;

/** Characters that have a short name in the languages that take after C. */
const SHORT = new Map([["\n", "\\n"], ["\r", "\\r"], ["\t", "\\t"]]);

function named(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return SHORT.get(character) ??
    units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/**
 * Text in one line in which everything can be seen; the escapes are those of JSON.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { printable } from "./escape.ts";
 *
 * assertEquals(printable("cat\n\x1b[2Jdog"), "cat\\n\\u001b[2Jdog");
 * ```
 */
export function printable(text: string): string {
  return text.replace(UNSEEN, named);
}

/** Text of several lines, each {@link printable}. */
export function printableLines(text: string): string {
  return text.replace(UNSEEN, (character) => character === "\n" ? character : named(character));
}

/** Text within an element or an attribute of XML or HTML. */
export function xml(text: string): string {
  return unmarked(printable(text));
}

/** Text of several lines within an element of XML or HTML. */
export function xmlLines(text: string): string {
  return unmarked(printableLines(text));
}

function unmarked(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

/** Text within a line of Markdown, a cell of a table among them. */
export function markdown(text: string): string {
  return printable(text).replaceAll(/[\\`*_[\]<>#~$&]/g, "\\$&");
}

/** A value of CSV, in quotes where it needs them (RFC 4180). */
export function csv(text: string): string {
  const line = printable(text);
  return /[",]/.test(line) ? `"${line.replaceAll('"', '""')}"` : line;
}

/** A string of Graphviz's DOT, quotes and all. */
export function dot(text: string): string {
  return `"${printable(text).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** Text within the quotes of a label of Mermaid, whose escapes begin with `#`. */
export function mermaid(text: string): string {
  return printable(text).replaceAll(
    /[#&"<>`%\\;]/g,
    (character) => `#${NAMES.get(character) ?? character.charCodeAt(0)};`,
  );
}

const NAMES = new Map([["&", "amp"], ['"', "quot"], ["<", "lt"], [">", "gt"]]);

/** Lines within a raw docstring of Python; the text must end with a line break or a full stop. */
export function docstring(text: string): string {
  return printableLines(text).replaceAll('"""', '\\"\\"\\"');
}

/** A string of Python, quotes and all. */
export function pythonText(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, "\\$&").replace(UNSEEN, coded)}"`;
}

/** One word of a POSIX shell, which reads the very text; quoted where it needs to be. */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (printable(text) === text) return `'${text.replaceAll("'", `'\\''`)}'`;
  return `$'${text.replaceAll(/[\\']/g, "\\$&").replace(UNSEEN, coded)}'`;
}

/** The escape of a character in Python and in shells, which have one for those beyond 16 bits. */
function coded(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : named(character);
}
