/** JSON as a type, before anyone has looked at what is in it, and how its text is read. */

/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  /** The fields; which are there is for the reader to find out. */
  readonly [field: string]: Json;
}

/** Whether a value of JSON is an object, neither a list nor null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A JSON value as short text for a problem: at most 60 characters of it. */
export function showJson(value: Json | undefined): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/** What an object is as JSON, the fields of every object in order, so that equal content is equal text. */
export function sortedJson(value: object): JsonObject {
  return JSON.parse(
    JSON.stringify(
      value,
      (_, part: unknown) =>
        isJsonObject(part)
          ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => a < b ? -1 : 1))
          : part,
    ),
  );
}

/** Lists and objects within each other: no file of ours comes near it. */
const DEEPEST = 2000;

/**
 * The value of JSON's text.
 *
 * @throws {SyntaxError} When it is not JSON, nested too deep, or an object has two fields of a name.
 */
export function parseJson(text: string): Json {
  /** The fields of each object that is open; nothing for a list. */
  const open: (Set<string> | undefined)[] = [];
  let last = "";
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      const end = endOfText(text, at);
      last = text.slice(at, end);
      at = end - 1;
    } else if (char === "{" || char === "[") {
      if (open.length === DEEPEST) throw new SyntaxError(`more than ${DEEPEST} levels`);
      open.push(char === "{" ? new Set() : undefined);
    } else if (char === "}" || char === "]") {
      open.pop();
    } else if (char === ":") {
      const field: unknown = last.includes("\\") ? JSON.parse(last) : last.slice(1, -1);
      if (open.at(-1)?.has(`${field}`) === true) throw new SyntaxError(`the field ${last} twice`);
      open.at(-1)?.add(`${field}`);
    }
  }
  return JSON.parse(text);
}

/** Where the text that begins with a quotation mark is over. */
function endOfText(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  return text.length;
}
