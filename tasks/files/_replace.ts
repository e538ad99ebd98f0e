/**
 * Replacing a file in one step: the new content goes to a temporary file in the
 * same folder, is flushed to the disk and renamed over the old file. Whoever
 * reads the path sees the old content or the new, never a part.
 */
import { basename, dirname, join } from "@std/path";

export interface WritableFile {
  /** Writes a part of the bytes, and says how many. */
  write(bytes: Uint8Array): Promise<number>;
  syncData(): Promise<void>;
  close(): void;
}

/** What is needed of a file system; `Deno` is one, tests bring broken ones. */
export interface FileSystem {
  open(path: string, options: Deno.OpenOptions): Promise<WritableFile>;
  /** Gives a file another name, in place of a file of that name. */
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

/** Whether a file's name is that of a temporary file of {@link replaceFile}, or of PyTorch's script. */
export function isTemporary(name: string): boolean {
  return /^\..+\.[0-9a-f-]{36}\.tmp$|\.(safetensors\.\d+|jsonl|csv)\.tmp$/.test(name);
}

/**
 * Puts `bytes` in the place of the file at `path`.
 *
 * @throws What the file system throws; the temporary file is then gone and the old file untouched.
 */
export async function replaceFile(
  path: string,
  bytes: Uint8Array,
  system: FileSystem,
): Promise<void> {
  const name = `.${basename(path)}.${crypto.randomUUID()}.tmp`;
  const temporary = join(dirname(path), name);
  const file = await system.open(temporary, { write: true, createNew: true });
  try {
    try {
      await writeAll(file, bytes);
      await file.syncData();
    } finally {
      file.close();
    }
    await system.rename(temporary, path);
  } catch (error) {
    await system.remove(temporary).catch(() => {});
    throw error;
  }
}

export async function writeAll(file: WritableFile, bytes: Uint8Array): Promise<void> {
  let rest = bytes;
  while (rest.length > 0) rest = rest.subarray(await file.write(rest));
}
