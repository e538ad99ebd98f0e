/** What lies in a binary that `deno compile` has made, as the binary's own list says. */
import { Buffer } from "node:buffer";

/** A binary's files and settings. */
export interface Binary {
  /** The paths of its files, packages below {@link PACKAGES}. */
  readonly files: ReadonlySet<string>;
  /** The permissions that it has, by Deno's names of them; all of a kind is an empty list. */
  readonly permissions: Readonly<Record<string, readonly string[] | null | boolean>>;
}

/** Where a binary has its packages: `NAME/VERSION`. */
export const PACKAGES = ".deno_compile_node_modules/localhost";

interface Entry {
  readonly Dir?: { readonly n: string; readonly e: readonly Entry[] };
  readonly File?: { readonly n: string };
}

/** What stands before a binary's own data. */
const MAGIC = "d3n0l4nd";

/** Reads a binary's list. */
export function readBinary(content: Uint8Array): Binary {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  // The name of the section, and its first word.
  const start = bytes.indexOf(MAGIC + MAGIC) + 2 * MAGIC.length;
  const settings = textAt(bytes, start);
  const list = textAt(bytes, bytes.indexOf('[{"Dir":{', settings.end) - 8);
  return {
    files: new Set(pathsIn(JSON.parse(list.text), "")),
    permissions: JSON.parse(settings.text).permissions,
  };
}

/** A text, before which its length stands. */
function textAt(bytes: Buffer, at: number): { readonly text: string; readonly end: number } {
  const end = at + 8 + Number(bytes.readBigUInt64LE(at));
  return { text: bytes.toString("utf8", at + 8, end), end };
}

function pathsIn(entries: readonly Entry[], above: string): readonly string[] {
  return entries.flatMap(({ Dir, File }) =>
    Dir !== undefined
      ? pathsIn(Dir.e, `${above}${Dir.n}/`)
      : File !== undefined
      ? [above + File.n]
      : []
  );
}
