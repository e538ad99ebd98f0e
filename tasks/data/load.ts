/**
 * Data sets by name, as the command line gives it: `cifar10`, or a name with a
 * path and choices, `folder:/data/birds,size=64`.
 */
import { expected, optionsOf, TEXT } from "../../dsl/problem/expect.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { closest } from "../../dsl/problem/suggest.ts";
import { all, E, fail, pipe, refused, type Result, right, TE } from "../fp.ts";
import { checkChoices, countChoice, type NamedData, namedData } from "./_named_data.ts";
import { cifar10 } from "./cifar10.ts";
import { cifar100Binary, cifar10Binary } from "./cifar_binary.ts";
import type { ImageSet, TestedDataset } from "./dataset.ts";
import { folder } from "./folder.ts";
import { fashionMnist, idx } from "./idx.ts";
import type { OnProgress } from "./progress.ts";
import { shapes, type ShapesOptions } from "./shapes.ts";

/** Options of {@link loadDataset}; each data set takes those that concern it. */
export interface LoadOptions {
  /** The folder of caches, for data sets that are fetched. */
  readonly cache?: string;
  /** Called with the progress of data sets that take long to load. */
  readonly onProgress?: OnProgress;
  /** The options of the procedural set. */
  readonly shapes?: ShapesOptions;
}

interface Loader {
  /** How it is written, for people; whether it needs a path, may have one or has none is read off it. */
  readonly form: string;
  readonly choices?: readonly string[];
  readonly load: (
    named: NamedData,
    options: LoadOptions,
  ) => Promise<Result<TestedDataset<ImageSet>>>;
}

const LOADERS: Readonly<Record<string, Loader>> = /* @__PURE__ */ (() => ({
  cifar10: {
    form: "cifar10[:PATH]",
    load: ({ path }, { cache, onProgress }) =>
      path === undefined ? cifar10(defined({ cache, onProgress })) : cifar10Binary(path),
  },
  cifar100: {
    form: "cifar100:PATH[,labels=coarse]",
    choices: ["labels"],
    load: async ({ path = "", choices }) => {
      const labels = choices.get("labels") ?? "fine";
      if (labels === "fine" || labels === "coarse") return await cifar100Binary(path, labels);
      return wrong("CIFAR-100 has two kinds of labels", `labels=${labels}`, "fine or coarse");
    },
  },
  "fashion-mnist": {
    form: "fashion-mnist[:PATH]",
    load: ({ path }) => fashionMnist(path),
  },
  idx: {
    form: "idx:PATH",
    load: ({ path = "" }) => idx(path, { name: "idx" }),
  },
  folder: {
    form: "folder:PATH[,size=224][,shorter=256]",
    choices: ["size", "shorter"],
    load: (named, { onProgress }) =>
      pipe(
        all({ size: countChoice(named, "size"), shorter: countChoice(named, "shorter") }),
        TE.fromEither,
        TE.flatMap((sizes) => () => folder(named.path ?? "", defined({ ...sizes, onProgress }))),
      )(),
  },
  shapes: {
    form: "shapes[,count=10000][,test=2000]",
    choices: ["count", "test"],
    load: (named, options) =>
      pipe(
        all({ count: countChoice(named, "count"), testCount: countChoice(named, "test") }),
        E.flatMap((counts) => shapes({ ...options.shapes, ...defined(counts) })),
        TE.fromEither,
      )(),
  },
}))();

/** The names of the data sets. */
export const DATASET_NAMES: readonly string[] = /* @__PURE__ */ Object.keys(LOADERS);

/** How each data set is written, for help. */
export const DATASET_FORMS: readonly string[] =
  /* @__PURE__ */ (() => Object.values(LOADERS).map(({ form }) => form))();

/** Where a data set lies that says so in its text. */
export function datasetPath(text: string): string | undefined {
  return namedData(text).path;
}

const LOADING = { cache: undefined, onProgress: undefined, shapes: undefined };

/**
 * Loads a data set by name, such as `"cifar10"`, `"cifar100:PATH"` or `"folder:PATH,size=64"`; the
 * data set's own name becomes that text. Fails on another name, and as the data set itself does.
 *
 * @example
 * ```ts
 * import { loadDataset } from "@netfold/netfold/data";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await loadDataset("shape");
 * assertEquals(data._tag === "Left" && data.left[0]?.hint, 'did you mean "shapes"?');
 * ```
 */
export function loadDataset(
  text: string,
  options: LoadOptions = {},
): Promise<Result<TestedDataset<ImageSet>>> {
  const named = namedData(expected(text, TEXT, "text"));
  const given = defined(optionsOf(options, LOADING));
  return pipe(
    loaderOf(text, named),
    E.tap(({ choices = [] }) => checkChoices(named, choices)),
    TE.fromEither,
    TE.flatMap(({ load }) => () => load(named, given)),
    TE.map((loaded) => ({ ...loaded, name: text })),
  )();
}

function loaderOf(text: string, { name, path }: NamedData): Result<Loader> {
  const loader = Object.hasOwn(LOADERS, name) ? LOADERS[name] : undefined;
  if (loader === undefined) {
    const wanted = DATASET_NAMES.map((known) => `"${known}"`).join(" or ");
    const hint = closest(name, DATASET_NAMES, "");
    const rule = "the data set must be one that exists";
    return refused({ path: "data", layer: "option", code: "unknown-data-set" }, {
      rule,
      got: `"${name}"`,
      wanted,
      hint,
    });
  }
  const { form } = loader;
  if (form.includes(`${name}:PATH`) && (path === undefined || path === "")) {
    return wrong("the data set needs the path of its folder", `"${text}"`, form);
  }
  return path !== undefined && (!form.includes(":PATH") || path === "")
    ? wrong("the data set has no such path", `"${text}"`, form)
    : right(loader);
}

function wrong(rule: string, got: string, wanted: string, hint = ""): ReturnType<typeof fail> {
  return fail({ path: "data", layer: "option", code: "invalid-option", rule, got, wanted, hint });
}
