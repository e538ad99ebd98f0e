/** The runs below `runs`, by their folders, for a shell that completes a word. It opens no file. */

/** How many folders down runs are looked for: those of studies lie in `runs/studies/NAME`. */
const DEPTH = 3;

/** The folders of runs, relative to the folder in which someone stands, sorted. */
export function runsHere(folder: string): readonly string[] {
  return runsIn(folder, "runs", DEPTH);
}

function runsIn(root: string, path: string, depth: number): readonly string[] {
  const entries = entriesOf(`${root}/${path}`);
  if (entries.some(({ name, isFile }) => isFile && name === "config.json")) return [path];
  const folders = entries.filter(({ name, isDirectory }) => isDirectory && !name.startsWith("."));
  return depth === 0
    ? []
    : folders.map(({ name }) => name).sort().flatMap((name) =>
      runsIn(root, `${path}/${name}`, depth - 1)
    );
}

/** What lies in a folder; nothing in one that cannot be listed, which completion does not speak of. */
function entriesOf(path: string): readonly Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(path)];
  } catch {
    return [];
  }
}
