/** The parameters of a function, read off its source: what a caller in plain JavaScript may get wrong. */

/** A parameter of a function. */
export interface Parameter {
  /** Its name; `{}` where it is taken apart in its place. */
  readonly name: string;
  /** Whether it may be left out. */
  readonly optional: boolean;
}

/** A function or a class, as it is exported. */
export type Callable = (...args: readonly never[]) => unknown;

/** Whether it is a class, which is called with `new`. */
export function isClass(called: Callable): boolean {
  return /^class\b/.test(String(called));
}

/** The parameters of a function, or of a class's constructor. */
export function parametersOf(called: Callable): readonly Parameter[] {
  const source = String(called);
  const from = isClass(called) ? source.search(/\bconstructor\s*\(/) : 0;
  return from < 0 ? [] : partsOf(source.slice(source.indexOf("(", from))).map((part) => ({
    name: part.startsWith("{") ? "{}" : /\w+/.exec(part)?.[0] ?? "",
    optional: /^\{[^]*\}\s*=[^]*$|^\w+\s*=/.test(part),
  }));
}

/** What stands between the commas of the outermost brackets. */
function partsOf(source: string): readonly string[] {
  const parts = [""];
  let depth = 0;
  for (const letter of source) {
    if (")]}".includes(letter) && --depth === 0) break;
    if (letter === "," && depth === 1) parts.push("");
    else if (depth > 0) parts[parts.length - 1] += letter;
    if ("([{".includes(letter)) depth++;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}
