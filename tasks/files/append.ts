/** Text at the end of a file that grows, on the disk before anything else is done. */
import type { Result } from "../fp.ts";
import { writeAll } from "./_replace.ts";
import { onPath } from "./atomic.ts";

/**
 * Adds text to a file, `heading` before it in one that is new or empty, and waits until it has
 * reached the disk. When the write fails the file is as it was.
 */
export function appendText(
  path: string,
  text: string,
  { heading = "" }: { readonly heading?: string } = {},
): Promise<Result<void>> {
  const append = async (): Promise<void> => {
    using file = await Deno.open(path, { create: true, append: true });
    const { size } = await file.stat();
    try {
      await writeAll(file, new TextEncoder().encode(size === 0 ? heading + text : text));
      await file.syncData();
    } catch (error) {
      await file.truncate(size);
      throw error;
    }
  };
  return onPath(path, "write", append)();
}
