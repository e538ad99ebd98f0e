/**
 * Lines of Python that are short enough, as Black breaks them: what stands in a bracket comes on a
 * line of its own, or else each of its parts does.
 *
 * Source: https://black.readthedocs.io/en/stable/the_black_code_style/current_style.html
 */

/** The longest line. */
const WIDTH = 100;

/** A statement as lines that are indented by a number of spaces and no longer than they may be. */
export function broken(statement: string, indent: number): readonly string[] {
  const line = `${" ".repeat(indent)}${statement}`;
  if (line.length <= WIDTH) return [line];
  const end = closing(statement);
  const start = end === undefined ? -1 : opening(statement, end);
  if (end === undefined || start < 0) return inBrackets(statement, indent) ?? [line];
  const parts = partsOf(statement.slice(start + 1, end));
  const [before, after] = [statement.slice(0, start + 1), statement.slice(end)];
  if (indent + before.length > WIDTH) return inBrackets(statement, indent) ?? [line];
  const inner = `${" ".repeat(indent + 4)}${parts.join(", ")}`;
  const lines = inner.length <= WIDTH
    ? [inner]
    : parts.flatMap((part) => broken(`${part},`, indent + 4));
  return [`${" ".repeat(indent)}${before}`, ...lines, `${" ".repeat(indent)}${after}`];
}

/** Words as lines that are no longer than they may be. */
export function filled(text: string, indent: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && indent + last.length + 1 + word.length <= WIDTH) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines.map((line) => " ".repeat(indent) + line);
}

/** Where the bracket closes that a statement ends with, but for the end of a head or a comma. */
function closing(statement: string): number | undefined {
  return /[)\]](?: -> \w+)?[:,]?$/.exec(statement)?.index;
}

/** Where the bracket opens that closes at `end`. */
function opening(text: string, end: number): number {
  const open: number[] = [];
  for (const { at, letter } of outside(text.slice(0, end))) {
    if ("([{".includes(letter)) open.push(at);
    else if (")]}".includes(letter)) open.pop();
  }
  return open.at(-1) ?? -1;
}

/** What commas part, those within brackets and strings aside. */
function partsOf(text: string): readonly string[] {
  let depth = 0;
  const commas = outside(text).filter(({ letter }) => {
    if ("([{".includes(letter)) depth++;
    else if (")]}".includes(letter)) depth--;
    return letter === "," && depth === 0;
  }).map(({ at }) => at);
  return [...commas, text.length].map((end, i) =>
    text.slice((commas[i - 1] ?? -1) + 1, end).trim()
  );
}

/** The letters of a text that stand in no string, and where. */
function outside(text: string): readonly { readonly at: number; readonly letter: string }[] {
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"|[^"]/g)]
    .filter(([letter]) => letter.length === 1)
    .map(({ 0: letter, index: at }) => ({ at, letter }));
}

/** What is returned or assigned, in brackets and on a line of its own. */
function inBrackets(statement: string, indent: number): readonly string[] | undefined {
  const [, before, value] = /^(return |\w+ = )(.*)$/.exec(statement) ?? [];
  if (before === undefined || value === undefined) return undefined;
  const around = " ".repeat(indent);
  const inner = indent + 4 + value.length <= WIDTH ? [value] : linksOf(value);
  return [`${around}${before}(`, ...inner.map((line) => `${around}    ${line}`), `${around})`];
}

/** A chain of methods, a line each. */
function linksOf(value: string): readonly string[] {
  let depth = 0;
  const dots = outside(value).filter(({ letter, at }) => {
    if ("([{".includes(letter)) depth++;
    else if (")]}".includes(letter)) depth--;
    return letter === "." && depth === 0 && value[at - 1] === ")";
  }).map(({ at }) => at);
  return [0, ...dots].map((start, i) => value.slice(start, dots[i]));
}
