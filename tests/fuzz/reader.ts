/** What reads files from outside, as the fuzzer drives it. */
import { join } from "@std/path";
import type { Result } from "../../dsl/problem/result.ts";
import type { Bytes } from "./bytes.ts";
import type { Dice } from "./dice.ts";

/** A reader of files, with whole files to begin with and a way to change them. */
export interface Reader {
  /** Whole files, each of which the reader accepts. */
  readonly whole: (folder: string) => Promise<readonly Bytes[]>;
  /** A file with one change that knows the format. */
  readonly change: (bytes: Bytes, dice: Dice) => Bytes;
  /** Reads a file; what must lie in a folder is written to the one that is given. */
  readonly read: (bytes: Bytes, folder: string) => Promise<Result<unknown>> | Result<unknown>;
  /** The share of the cases that are asked for, where a case takes long; all by default. */
  readonly share?: number;
  /** What is missing on this machine that the reader needs; nothing by default. */
  readonly missing?: () => Promise<string | undefined>;
}

/** A reader whose accepted values are judged too: `fault` is what is wrong with one. */
export function judged<A>(
  read: (bytes: Bytes, folder: string) => Promise<Result<A>> | Result<A>,
  fault: (value: A) => string | undefined,
): Reader["read"] {
  return async (bytes, folder) => {
    const result = await read(bytes, folder);
    const wrong = result._tag === "Right" ? fault(result.right) : undefined;
    if (wrong !== undefined) throw new Error(`accepted, though ${wrong}`);
    return result;
  };
}

const last = new Map<string, Uint8Array | string>();

/** Writes files to a folder, but for those that stand there as they are, before they are read. */
export async function written<A>(
  folder: string,
  files: Readonly<Record<string, Uint8Array | string>>,
  read: () => Promise<A>,
): Promise<A> {
  for (const [name, content] of Object.entries(files)) {
    if (last.get(join(folder, name)) === content) continue;
    last.set(join(folder, name), content);
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(join(folder, name), bytes);
  }
  return await read();
}
