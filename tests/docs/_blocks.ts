/** Code blocks of Markdown documents. */
import { basename, fromFileUrl, join } from "@std/path";

/** The root of the repository. */
export const root: string = fromFileUrl(new URL("../../", import.meta.url));

/** One fenced block. */
export interface Block {
  /** The document, relative to the root. */
  readonly document: string;
  /** The line of its fence, from 1. */
  readonly line: number;
  /** The words after the fence: the language first. */
  readonly words: readonly string[];
  /** What stands in it. */
  readonly text: string;
}

/** The documents whose blocks are checked: README.md and everything in docs, in its folders too. */
export async function documents(): Promise<readonly string[]> {
  const found = await Promise.all(["docs", "docs/extend"].map(async (folder) => {
    const entries = await Array.fromAsync(Deno.readDir(join(root, folder)));
    return entries.filter(({ name, isFile }) => isFile && name.endsWith(".md"))
      .map(({ name }) => `${folder}/${name}`);
  }));
  return ["README.md", ...found.flat().sort()];
}

/** The blocks of a document, in order. */
export async function blocksOf(document: string): Promise<readonly Block[]> {
  const lines = (await Deno.readTextFile(join(root, document))).split("\n");
  const blocks: Block[] = [];
  let open: { readonly line: number; readonly words: readonly string[] } | undefined;
  let text: string[] = [];
  lines.forEach((content, i) => {
    const fence = /^```(.*)$/.exec(content);
    if (fence === null) {
      text.push(content);
    } else if (open === undefined) {
      open = { line: i + 1, words: (fence[1] ?? "").trim().split(/\s+/) };
      text = [];
    } else {
      blocks.push({ document, ...open, text: text.join("\n") });
      open = undefined;
    }
  });
  if (open !== undefined) throw new Error(`${document}:${open.line} is not closed`);
  return blocks;
}

/** Whether a block holds a language of TypeScript's. */
export function isCode({ words }: Block): boolean {
  return words[0] === "ts";
}

/**
 * The file that a block quotes, if it does: a block that begins with "ts ignore
 * layers/scale.ts" is part of that file, word for word.
 */
export function quotedFile({ words }: Block): string | undefined {
  return words.find((word) => word.includes("/"));
}

/**
 * Whether `deno test --doc` runs a block. One marked `ignore` it does not, because it would take
 * minutes or needs what is not here; the scripts of docs/extend run outside the repository, in the
 * tests of the package.
 */
export function isRun({ document, words }: Block): boolean {
  return !words.includes("ignore") && !document.startsWith("docs/extend/");
}

/** A name for a block's own file. */
export function fileName({ document, line }: Block): string {
  return `${basename(document, ".md")}_${line}.ts`;
}
