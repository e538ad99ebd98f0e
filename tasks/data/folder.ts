/**
 * Data sets as folders of pictures, as ImageNet is laid out: `train/CLASS/FILE`
 * and `val/CLASS/FILE` or `test/CLASS/FILE`, PNG and JPEG of any size, told
 * apart by their first bytes. Only the names are kept in memory. Files that
 * show at a glance that they cannot be used, because they are empty, cut off or
 * no pictures, are left out, and the data set names each of them; the others
 * are decoded when a batch needs them.
 */
import { join } from "@std/path";
import type { Problem } from "../../dsl/problem/problem.ts";
import { fail, left, type Result, right } from "../../dsl/problem/result.ts";
import { ioProblem, isMissing } from "../files/io_problem.ts";
import { ColourSums } from "./_colours.ts";
import { DecodePool } from "./_decode_pool.ts";
import { glance } from "./_glance.ts";
import { shorterFor } from "./_views.ts";
import {
  checkDataset,
  type ColourStatistics,
  type ImageFiles,
  type TestedDataset,
} from "./dataset.ts";
import type { OnProgress } from "./progress.ts";

/** Options of {@link folder}. */
export interface FolderOptions {
  /** Height and width to which each picture is cut; 224 by default. */
  readonly size?: number;
  /** The length of a picture's shorter side before its middle is cut out; 8/7 of the size by default, 256 for 224. */
  readonly shorter?: number;
  /** Training pictures from which the colours are measured; 1,000 by default, spread evenly. */
  readonly sample?: number;
  /** Is told how many files have been looked at. */
  readonly onProgress?: OnProgress;
}

const TEST_FOLDERS = ["test", "val", "valid", "validation"];
const AT_ONCE = 32;

/**
 * The data set in a folder. Fails when a part of it is missing, when a class
 * has no picture, and when the classes of the parts differ. Needs
 * `--allow-read` for the folder.
 *
 * @example
 * ```ts
 * import { folder } from "@netfold/netfold/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await folder("no/such/folder");
 * assertEquals(data._tag === "Left" && data.left[0]?.rule, "the folder must exist");
 * ```
 */
export async function folder(
  root: string,
  options: FolderOptions = {},
): Promise<Result<TestedDataset<ImageFiles>>> {
  const { size = 224, onProgress = () => {} } = options;
  const { shorter = shorterFor(size), sample = 1000 } = options;
  const parts = await entriesOf(root);
  if (parts._tag === "Left") return parts;
  const has = (name: string): boolean => parts.right.folders.includes(name);
  const testFolder = TEST_FOLDERS.find(has);
  if (!has("train") || testFolder === undefined) {
    return fail({
      path: root,
      layer: "data set",
      code: "no-data-part",
      rule: "a folder of pictures has a part to learn from and a part to be measured on",
      got: parts.right.folders.length === 0 ? "no folders in it" : parts.right.folders.join(", "),
      wanted: `train, and one of ${TEST_FOLDERS.join(", ")}, each with a folder for each class`,
      hint: "name the folder that holds train",
    });
  }
  const train = await scan(join(root, "train"), onProgress);
  if (train._tag === "Left") return train;
  const test = await scan(join(root, testFolder), onProgress);
  if (test._tag === "Left") return test;
  const classes = train.right.classes;
  const unknown = test.right.classes.filter((name) => !classes.includes(name));
  const problems = [
    ...emptyClasses(join(root, "train"), train.right),
    ...emptyClasses(join(root, testFolder), test.right),
    ...unknown.map((name) => unknownClass(join(root, testFolder, name))),
  ];
  if (problems.length > 0) return left(problems);
  const colours = await measureColours(train.right.paths, {
    folder: join(root, "train"),
    sample,
    size: { height: size, width: size, shorter },
    onProgress,
  });
  if (colours._tag === "Left") return colours;
  const files = (name: string, found: Found): ImageFiles => ({
    count: found.paths.length,
    shape: [size, size, 3],
    folder: join(root, name),
    paths: found.paths,
    labels: labelsOf(found, classes),
    shorter,
    colours: colours.right,
  });
  return checkDataset({
    name: "folder",
    classes,
    height: size,
    width: size,
    channels: 3,
    train: files("train", train.right),
    test: files(testFolder, test.right),
    broken: [...train.right.broken, ...test.right.broken],
  });
}

/** What one part of a data set holds. */
interface Found {
  readonly classes: readonly string[];
  /** `CLASS/FILE`, class by class, sorted. */
  readonly paths: readonly string[];
  readonly broken: readonly Problem[];
}

async function scan(part: string, onProgress: OnProgress): Promise<Result<Found>> {
  const entries = await entriesOf(part);
  if (entries._tag === "Left") return entries;
  const classes = entries.right.folders;
  const broken: Problem[] = entries.right.files.map((name) => ({
    path: join(part, name),
    layer: "file",
    code: "no-class-folder",
    rule: "a picture lies in the folder of its class",
    got: "a file beside the folders of the classes",
    wanted: `${join(part, "CLASS", name)}`,
    hint: "move it into its class, or away",
  }));
  if (classes.length === 0) {
    return fail({
      path: part,
      layer: "data set",
      code: "no-class-folder",
      rule: "a part of the data has a folder for each class",
      got: "no folders in it",
      wanted: "folders named after the classes, with pictures in them",
      hint: "",
    });
  }
  const paths: string[] = [];
  let done = 0;
  for (const name of classes) {
    const inside = await entriesOf(join(part, name));
    if (inside._tag === "Left") return inside;
    broken.push(...inside.right.folders.map((inner) => nested(join(part, name, inner))));
    for (let at = 0; at < inside.right.files.length; at += AT_ONCE) {
      const files = inside.right.files.slice(at, at + AT_ONCE);
      const seen = await Promise.all(files.map((file) => glance(join(part, name, file))));
      seen.forEach((problem, i) => {
        if (problem === undefined) paths.push(`${name}/${files[i] ?? ""}`);
        else broken.push(problem);
      });
    }
    const step = `looking at the classes of ${part}`;
    onProgress({ step, done: ++done, total: classes.length });
  }
  return right({ classes, paths, broken });
}

function nested(path: string): Problem {
  return {
    path,
    layer: "folder",
    code: "nested-folder",
    rule: "the pictures of a class lie side by side in its folder",
    got: "a folder within the folder of a class",
    wanted: "files",
    hint: "move its pictures up",
  };
}

function emptyClasses(part: string, { classes, paths, broken }: Found): readonly Problem[] {
  const filled = new Set(paths.map((path) => path.slice(0, path.lastIndexOf("/"))));
  return classes.filter((name) => !filled.has(name)).map((name) => {
    const unusable = broken.filter(({ path }) => path.startsWith(join(part, name, "/"))).length;
    return {
      path: join(part, name),
      layer: "data set",
      code: "empty-class",
      rule: "a class has at least one picture",
      got: unusable === 0
        ? "an empty folder"
        : `${unusable} ${unusable === 1 ? "file that cannot" : "files that cannot"} be used`,
      wanted: "PNG or JPEG files",
      hint: "add pictures, or remove the folder from every part of the data",
    };
  });
}

function unknownClass(path: string): Problem {
  return {
    path,
    layer: "data set",
    code: "unknown-class",
    rule: "a class that is measured is one that was learnt",
    got: "a class that the training part does not have",
    wanted: "the same folders in every part of the data",
    hint: "check the spelling of the folder",
  };
}

function labelsOf({ paths }: Found, classes: readonly string[]): ImageFiles["labels"] {
  const index = new Map(classes.map((name, i) => [name, i]));
  const labels = paths.map((path) => index.get(path.slice(0, path.lastIndexOf("/"))) ?? 0);
  return classes.length <= 256 ? Uint8Array.from(labels) : Uint16Array.from(labels);
}

interface Entries {
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/** What lies in a folder, sorted; links are followed, hidden entries are not looked at. */
async function entriesOf(path: string): Promise<Result<Entries>> {
  const folders: string[] = [];
  const files: string[] = [];
  try {
    for await (const entry of Deno.readDir(path)) {
      if (entry.name.startsWith(".")) continue;
      const info = entry.isSymlink ? await followed(join(path, entry.name)) : entry;
      (info?.isDirectory === true ? folders : files).push(entry.name);
    }
  } catch (error) {
    const problem = ioProblem(error, path, "list");
    return fail(isMissing(problem) ? { ...problem, hint: "check the path of the data" } : problem);
  }
  return right({ folders: folders.sort(), files: files.sort() });
}

/** What a link leads to; a link to nothing is taken for a file, which is then found broken. */
async function followed(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function measureColours(paths: readonly string[], { folder, sample, size, onProgress }: {
  readonly folder: string;
  readonly sample: number;
  readonly size: { readonly height: number; readonly width: number; readonly shorter: number };
  readonly onProgress: OnProgress;
}): Promise<Result<ColourStatistics>> {
  using pool = new DecodePool();
  const sums = new ColourSums();
  const chosen = Math.min(sample, paths.length);
  let used = 0;
  for (let at = 0; at < chosen; at += AT_ONCE) {
    const places = Array.from(
      { length: Math.min(AT_ONCE, chosen - at) },
      (_, i) => Math.floor((at + i) * paths.length / chosen),
    );
    const decoded = await Promise.all(
      places.map((i) => pool.decode(join(folder, paths[i] ?? ""), [{ kind: "middle" }], size)),
    );
    for (const views of decoded) {
      // A file that is found broken here is told of when a batch needs it.
      if (views._tag === "Left" || views.right[0] === undefined) continue;
      sums.add(views.right[0]);
      used++;
    }
    onProgress({ step: "measuring the colours", done: at + places.length, total: chosen });
  }
  const statistics = sums.statistics();
  if (used > 0 && statistics.std.every((value) => value > 0)) return right(statistics);
  return fail({
    path: folder,
    layer: "data set",
    code: "constant-channel",
    rule: "the pictures' colours vary",
    got: used === 0 ? "no picture that can be decoded" : "a channel that is the same everywhere",
    wanted: "pictures",
    hint: "",
  });
}
