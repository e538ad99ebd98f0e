/** What is added to the end of a file that grows, on the disk before anything else is done. */
import { concat } from "@std/bytes";
import type { Result } from "../fp.ts";
import { writeAll } from "./_replace.ts";
import { onPath } from "./atomic.ts";

type Content = string | Uint8Array;

/**
 * Adds to a file, `heading` before it in one that is new or empty, and waits until it has reached
 * the disk. When the write fails the file is as it was.
 */
export function append(
  path: string,
  content: Content,
  { heading = "" }: { readonly heading?: Content } = {},
): Promise<Result<void>> {
  const write = async (): Promise<void> => {
    const file = await Deno.open(path, { create: true, append: true });
    try {
      const { size } = await file.stat();
      try {
        const parts = size === 0 ? [heading, content] : [content];
        await writeAll(file, concat(parts.map(bytesOf)));
        await file.syncData();
      } catch (error) {
        await file.truncate(size);
        throw error;
      }
    } finally {
      file.close();
    }
  };
  return onPath(path, "write", write)();
}

function bytesOf(content: Content): Uint8Array {
  return typeof content === "string" ? new TextEncoder().encode(content) : content;
}
