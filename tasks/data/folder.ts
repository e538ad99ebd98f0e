/**
 * Data sets as folders of pictures, as ImageNet is laid out: `train/CLASS/FILE` and
 * `val/CLASS/FILE` or `test/CLASS/FILE`, pictures of any size, told apart by their first bytes.
 * Only the names are kept in memory. Files that show at a glance that they cannot be used, because
 * they are empty, cut off or no pictures, are left out, and the data set names each of them; the
 * others are decoded when a batch needs them.
 */
import { expected, optionsOf, TEXT } from "../../dsl/problem/expect.ts";
import { join } from "@std/path";
import { onPath } from "../files/atomic.ts";
import { isMissing } from "../files/io_problem.ts";
import { ColourSums } from "./_colours.ts";
import { DecodePool } from "./_decode_pool.ts";
import { glance } from "./_glance.ts";
import type { Problem, Result, TaskResult } from "../fp.ts";
import { pipe, problemAt, RA, refused, right, TE, unless } from "../fp.ts";
import { shorterFor, type ViewSize } from "./_views.ts";
import type { ColourStatistics, ImageFiles, TestedDataset } from "./dataset.ts";
import { datasetOf } from "./dataset.ts";
import { PICTURE_KINDS } from "./picture/kinds.ts";
import type { OnProgress } from "./progress.ts";

/** Options of {@link folder}. */
export interface FolderOptions {
  /** Height and width to which each picture is cut; 224 by default. */
  readonly size?: number;
  /** The length of a picture's shorter side before its middle is cut out; 8/7 of the size by default, 256 for 224. */
  readonly shorter?: number;
  /** Training pictures from which the colours are measured; 1,000 by default, spread evenly. */
  readonly sample?: number;
  /** Called with how many files have been looked at. */
  readonly onProgress?: OnProgress;
}

const TEST_FOLDERS = ["test", "val", "valid", "validation"];
const AT_ONCE = 32;

/**
 * The data set in a folder. Fails when a part of it is missing, when a class has no picture, and
 * when the classes of the parts differ. Needs `--allow-read` for the folder.
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
export function folder(
  root: string,
  options: FolderOptions = {},
): Promise<Result<TestedDataset<ImageFiles>>> {
  expected(root, TEXT, "root");
  const defaults = { size: 224, shorter: undefined, sample: 1000, onProgress: () => {} };
  const { size, sample, onProgress, shorter = shorterFor(size) } = optionsOf(options, defaults);
  return pipe(
    entriesOf(root),
    TE.flatMapEither(({ folders }) => partsOf(root, folders)),
    TE.flatMap((parts) =>
      pipe(
        scan(parts.train, onProgress),
        TE.map((train) => ({ train })),
        TE.bindW("test", () => scan(parts.test, onProgress)),
      )
    ),
    TE.flatMapEither(matching),
    TE.bindW(
      "colours",
      ({ train }) => () =>
        measureColours(train, { sample, size: { height: size, width: size, shorter }, onProgress }),
    ),
    TE.flatMapEither(({ train, test, colours }) => {
      const { classes } = train;
      const files = (found: Found): ImageFiles => ({
        count: found.paths.length,
        shape: [size, size, 3],
        folder: found.folder,
        paths: found.paths,
        labels: labelsOf(found, classes),
        shorter,
        colours,
      });
      const broken = [...train.broken, ...test.broken];
      return datasetOf({ name: "folder", classes, train: files(train), test: files(test), broken });
    }),
  )();
}

type Parts<Part> = Readonly<Record<"train" | "test", Part>>;

function partsOf(root: string, folders: readonly string[]): Result<Parts<string>> {
  const test = TEST_FOLDERS.find((name) => folders.includes(name));
  if (folders.includes("train") && test !== undefined) {
    return right({ train: join(root, "train"), test: join(root, test) });
  }
  return refused({ path: root, layer: "data set", code: "no-data-part" }, {
    rule: "a folder of pictures has a part to learn from and a part to be measured on",
    got: folders.length === 0 ? "no folders in it" : folders.join(", "),
    wanted: `train, and one of ${TEST_FOLDERS.join(", ")}, each with a folder for each class`,
    hint: "name the folder that holds train",
  });
}

/** The parts, when each class has a picture and no class is met in the test alone. */
function matching(parts: Parts<Found>): Result<Parts<Found>> {
  const { train, test } = parts;
  const unknown = test.classes.filter((name) => !train.classes.includes(name));
  const problems = [
    ...emptyClasses(train),
    ...emptyClasses(test),
    ...unknown.map((name) =>
      problemAt({ path: join(test.folder, name), layer: "data set", code: "unknown-class" }, {
        rule: "a class that is measured is one that was learnt",
        got: "a class that the training part does not have",
        wanted: "the same folders in every part of the data",
        hint: "check the spelling of the folder",
      })
    ),
  ];
  return unless(problems, parts);
}

/** Pictures, `CLASS/FILE`, class by class, sorted. */
type Pictures = { readonly paths: readonly string[]; readonly broken: readonly Problem[] };
type Found = Pictures & { readonly folder: string; readonly classes: readonly string[] };

function scan(folder: string, onProgress: OnProgress): TaskResult<Found> {
  return pipe(
    entriesOf(folder),
    TE.flatMap(({ folders: classes, files }) => {
      if (classes.length === 0) {
        return TE.fromEither(refused({ path: folder, layer: "data set", code: "no-class-folder" }, {
          rule: "a part of the data has a folder for each class",
          got: "no folders in it",
          wanted: "folders named after the classes, with pictures in them",
        }));
      }
      const total = classes.length;
      const step = `looking at the classes of ${folder}`;
      return pipe(
        classes.map((name, i) => ({ name, done: i + 1 })),
        TE.traverseSeqArray(({ name, done }) =>
          pipe(scanClass(folder, name), TE.tapIO(() => () => onProgress({ step, done, total })))
        ),
        TE.map((found): Found => ({
          folder,
          classes,
          paths: found.flatMap(({ paths }) => paths),
          broken: [
            ...files.map((name) => besideClasses(folder, name)),
            ...found.flatMap(({ broken }) => broken),
          ],
        })),
      );
    }),
  );
}

function scanClass(folder: string, name: string): TaskResult<Pictures> {
  const inside = join(folder, name);
  return pipe(
    entriesOf(inside),
    TE.flatMap(({ folders, files }) => async (): Promise<Result<Pictures>> => {
      const broken = folders.map((inner) => nested(join(inside, inner)));
      const paths: string[] = [];
      for (let at = 0; at < files.length; at += AT_ONCE) {
        const some = files.slice(at, at + AT_ONCE);
        const seen = await Promise.all(some.map((file) => glance(join(inside, file))));
        seen.forEach((problem, i) => {
          if (problem === undefined) paths.push(`${name}/${some[i] ?? ""}`);
          else broken.push(problem);
        });
      }
      return right({ paths, broken });
    }),
  );
}

function besideClasses(folder: string, name: string): Problem {
  return problemAt({ path: join(folder, name), layer: "file", code: "no-class-folder" }, {
    rule: "a picture lies in the folder of its class",
    got: "a file beside the folders of the classes",
    wanted: join(folder, "CLASS", name),
    hint: "move it into its class, or away",
  });
}

function nested(path: string): Problem {
  return problemAt({ path, layer: "folder", code: "nested-folder" }, {
    rule: "the pictures of a class lie side by side in its folder",
    got: "a folder within the folder of a class",
    wanted: "files",
    hint: "move its pictures up",
  });
}

function emptyClasses({ folder, classes, paths, broken }: Found): readonly Problem[] {
  const filled = new Set(paths.map((path) => path.slice(0, path.lastIndexOf("/"))));
  return classes.filter((name) => !filled.has(name)).map((name) => {
    const unusable = broken.filter(({ path }) => path.startsWith(join(folder, name, "/"))).length;
    return problemAt({ path: join(folder, name), layer: "data set", code: "empty-class" }, {
      rule: "a class has at least one picture",
      got: unusable === 0
        ? "an empty folder"
        : `${unusable} ${unusable === 1 ? "file that cannot" : "files that cannot"} be used`,
      wanted: `${PICTURE_KINDS} files`,
      hint: "add pictures, or remove the folder from every part of the data",
    });
  });
}

function labelsOf({ paths }: Found, classes: readonly string[]): ImageFiles["labels"] {
  const index = new Map(classes.map((name, i) => [name, i]));
  const labels = paths.map((path) => index.get(path.slice(0, path.lastIndexOf("/"))) ?? 0);
  return classes.length <= 256 ? Uint8Array.from(labels) : Uint16Array.from(labels);
}

type Entries = Readonly<Record<"folders" | "files", readonly string[]>>;

/** What lies in a folder, sorted; links are followed, hidden entries are not looked at. */
function entriesOf(path: string): TaskResult<Entries> {
  const list = onPath(path, "list", async () => {
    const folders: string[] = [];
    const files: string[] = [];
    for await (const entry of Deno.readDir(path)) {
      if (entry.name.startsWith(".")) continue;
      const info = entry.isSymlink ? await followed(join(path, entry.name)) : entry;
      (info?.isDirectory === true ? folders : files).push(entry.name);
    }
    return { folders: folders.sort(), files: files.sort() };
  });
  const hint = "check the path of the data";
  return pipe(list, TE.mapLeft(RA.map((one) => isMissing(one) ? { ...one, hint } : one)));
}

/** What a link leads to; a link to nothing is taken for a file, which is then found broken. */
async function followed(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    const { NotFound, FilesystemLoop } = Deno.errors;
    if (error instanceof NotFound || error instanceof FilesystemLoop) return undefined;
    throw error;
  }
}

async function measureColours(
  { folder, paths }: Found,
  { sample, size, onProgress }: {
    readonly sample: number;
    readonly size: ViewSize;
    readonly onProgress: OnProgress;
  },
): Promise<Result<ColourStatistics>> {
  const sums = new ColourSums();
  const chosen = Math.min(sample, paths.length);
  let used = 0;
  let first: Problem | undefined;
  const pool = new DecodePool();
  try {
    for (let at = 0; at < chosen; at += AT_ONCE) {
      const places = Array.from(
        { length: Math.min(AT_ONCE, chosen - at) },
        (_, i) => Math.floor((at + i) * paths.length / chosen),
      );
      const decoded = await Promise.all(
        places.map((i) => pool.decode(join(folder, paths[i] ?? ""), [{ kind: "middle" }], size)),
      );
      const { left: broken, right: views } = RA.separate(decoded);
      // A file that is found broken here is reported when a batch needs it.
      first ??= broken[0]?.[0];
      for (const [view] of views) {
        if (view === undefined) continue;
        sums.add(view);
        used++;
      }
      onProgress({ step: "measuring the colours", done: at + places.length, total: chosen });
    }
  } finally {
    pool[Symbol.dispose]();
  }
  const statistics = sums.statistics();
  if (used > 0 && statistics.std.every((value) => value > 0)) return right(statistics);
  if (used === 0 && first !== undefined) {
    return refused({ path: folder, layer: "data set", code: "unread-part" }, {
      rule: "a part of the data has pictures that can be read",
      got: `${chosen} that cannot be; ${first.path}: ${first.got}`,
      wanted: "pictures that can be decoded",
      hint: first.hint,
    });
  }
  return refused({ path: folder, layer: "data set", code: "constant-channel" }, {
    rule: "the pictures' colours vary",
    got: "a channel that is the same everywhere",
    wanted: "pictures",
  });
}
