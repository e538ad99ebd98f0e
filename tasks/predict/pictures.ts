/** The picture files that a command line names, and those in the folders that it names. */
import { join } from "@std/path";
import { onPath } from "../files/atomic.ts";
import { attempt, orThrow, problemAt, ProblemError, type Result } from "../fp.ts";

export interface NamedPictures {
  readonly paths: readonly string[];
  /** How many files of the folders are left out, whose names are not those of pictures. */
  readonly others: number;
}

/** The names of pictures in a folder; a file that is named itself may be called as it likes. */
const PICTURE = /\.(png|jpe?g|webp|ppm)$/i;

/** The pictures that are named, those of a folder sorted, with all folders in it that are not hidden. */
export function namedPictures(names: readonly string[]): Promise<Result<NamedPictures>> {
  return attempt(async () => {
    const paths: string[] = [];
    let others = 0;
    for (const name of names) {
      if (!await isFolder(name)) {
        paths.push(name);
        continue;
      }
      const files = await filesIn(name);
      const found = files.filter((path) => PICTURE.test(path));
      if (found.length === 0) throw new ProblemError([empty(name, files.length)]);
      paths.push(...found);
      others += files.length - found.length;
    }
    return { paths, others };
  });
}

/** Whether a path is that of a folder; what cannot be looked at is read as a file, which says why. */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    if (error instanceof TypeError) throw error;
    return false;
  }
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = orThrow(
    await onPath(folder, "list", () => Array.fromAsync(Deno.readDir(folder)))(),
  );
  const shown = entries.filter(({ name }) => !name.startsWith("."))
    .toSorted((a, b) => a.name < b.name ? -1 : 1);
  const inner = await Promise.all(shown.map(({ name, isDirectory }) => {
    const path = join(folder, name);
    return isDirectory ? filesIn(path) : [path];
  }));
  return inner.flat();
}

function empty(path: string, files: number) {
  return problemAt({ path, layer: "folder", code: "no-pictures" }, {
    rule: "a folder that is named must have pictures in it",
    got: files === 0 ? "no files" : `no file called a picture, of ${files} in all`,
    wanted: "files whose names end in .png, .jpg, .jpeg, .webp or .ppm",
    hint: "name another folder, or the files themselves",
  });
}
