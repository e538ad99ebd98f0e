/**
 * A training that the page asks for, judged as `deno task train` judges its command line: each field
 * by the reader of its option, then the network by the shape and the classes of its data set.
 */
import { basename, join } from "@std/path";
import * as v from "valibot";
import { closest } from "../../dsl/problem/suggest.ts";
import { ZOO_NAMES } from "../../nets/zoo.ts";
import type { Reader } from "../cli/reader.ts";
import { dataset } from "../cli/dataset_option.ts";
import { datasetPath } from "../data/load.ts";
import { makeFolder, onPath, writeAtomic } from "../files/atomic.ts";
import { nextRunFolder, stemOf } from "../files/run_folder.ts";
import { attempt, orThrow, type Problem, problemAt, ProblemError } from "../fp.ts";
import { record } from "../parsed.ts";
import { judgeNetwork } from "../train/asked.ts";
import { askedNetwork } from "../train/network.ts";
import { type TrainArguments, trainCommand } from "../train/options.ts";
import { TRAIN_FIELDS, type TrainField } from "./wire.ts";

/** What the page sends: the texts of its fields, and the network as JSON where it is none of the zoo. */
export const ASKED = record({
  ...v.entriesFromList(TRAIN_FIELDS, v.optional(v.string(), "")),
  json: v.optional(v.string(), ""),
});

export type Asked = v.InferOutput<typeof ASKED>;

/** A training that can begin. */
export interface ReadyTraining {
  /** The name of its run, which is that of a folder in that of all runs. */
  readonly name: string;
  /** The command line of `train`, but for the folder. */
  readonly args: readonly string[];
  /** A folder with the network, which training reads once; none of a network of the zoo. */
  readonly scratch?: string;
}

const { preset, epochs, steps, batch } = trainCommand.terms;

/** The options of `train` that the page has fields for. */
const READERS: readonly { readonly field: TrainField; readonly reader: Reader<unknown> }[] = [
  { field: "data", reader: dataset },
  { field: "preset", reader: preset.reader },
  { field: "epochs", reader: epochs.reader },
  { field: "steps", reader: steps.reader },
  { field: "batch", reader: batch.reader },
];

/** The characters of a run's name: none of them leads out of a folder, or hides one. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * Judges a training, and gives its run a name; `isTaken` tells of names that have none yet.
 *
 * @throws {ProblemError} When it cannot begin; the path of each problem begins with its field.
 */
export async function judgedTraining(
  root: string,
  asked: Asked,
  isTaken: (name: string) => boolean,
): Promise<ReadyTraining> {
  const { json } = asked;
  const wrong = wrongTexts(asked);
  if (wrong.length > 0) throw new ProblemError(wrong);
  await inField("data", () => checkPath(asked.data));
  const isThere = async (name: string) => isTaken(name) || await exists(join(root, name));
  const name = asked.name === ""
    ? basename(orThrow(await nextRunFolder(root, asked.net, isTaken)))
    : asked.name;
  if (await isThere(name)) throw new ProblemError([occupied(name)]);
  const options = optionsOf(asked);
  if (json === "") {
    await inField("net", () => judge({ ...given(asked), net: asked.net }));
    return { name, args: [asked.net, ...options] };
  }
  orThrow(await makeFolder(root)());
  const scratch = orThrow(
    await onPath(root, "make", () => Deno.makeTempDir({ dir: root, prefix: ".network-" }))(),
  );
  try {
    const file = join(scratch, `${stemOf(asked.net) || "network"}.json`);
    orThrow(await writeAtomic(file, json));
    await inField("net", () => judge({ ...given(asked), net: file }), file);
    return { name, args: [file, ...options], scratch };
  } catch (error) {
    await Deno.remove(scratch, { recursive: true });
    throw error;
  }
}

/** The options of a command line that the fields give. */
function optionsOf(asked: Asked): readonly string[] {
  return READERS.filter(({ field }) => asked[field] !== "")
    .map(({ field }) => `--${field}=${asked[field]}`);
}

/** The same as the values that the command line gives, once they are known to be read. */
function given(asked: Asked): TrainArguments {
  return Object.fromEntries(
    READERS.filter(({ field }) => asked[field] !== "")
      .map(({ field, reader }) => [field, reader.read(asked[field])]),
  );
}

/** What the readers of the options do not read. */
function wrongTexts(asked: Asked): readonly Problem[] {
  const options = READERS.flatMap(({ field, reader }) => {
    const text = asked[field];
    return text === "" || reader.read(text) !== undefined ? [] : [unread(field, reader, text)];
  });
  return [
    ...asked.json === "" && !ZOO_NAMES.includes(asked.net) ? [unknownNetwork(asked.net)] : [],
    ...options,
    ...asked.name === "" || NAME.test(asked.name) ? [] : [wrongName(asked.name)],
  ];
}

function unread(field: TrainField, reader: Reader<unknown>, text: string): Problem {
  return problemAt({ path: field, layer: "option", code: "invalid-argument" }, {
    rule: `the field must hold what --${field} takes`,
    got: JSON.stringify(text),
    wanted: reader.wanted,
    hint: reader.fault?.(text) ??
      closest(text, reader.words ?? reader.known ?? [], "correct it, or leave it empty"),
  });
}

async function judge(given: TrainArguments): Promise<void> {
  await judgeNetwork(await askedNetwork(given), given);
}

/** Work whose problems are those of a field, whose text is in a file perhaps. */
async function inField(field: TrainField, work: () => Promise<void>, file?: string): Promise<void> {
  const done = await attempt(work);
  if (done._tag === "Right") return;
  throw new ProblemError(
    done.left.map((problem) => ({
      ...problem,
      path: `${field}: ${problem.path.replace(file ?? "\0", "JSON")}`,
    })),
  );
}

/** Sees whether a data set is there that says where it is. */
async function checkPath(data: string): Promise<void> {
  const path = datasetPath(data);
  if (path !== undefined) orThrow(await onPath(path, "read", () => Deno.stat(path))());
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  });
}

function occupied(name: string): Problem {
  return problemAt({ path: "name", layer: "option", code: "already-exists" }, {
    rule: "a run must not be written over",
    got: JSON.stringify(name),
    wanted: "a name that nothing in the board's folder has",
    hint: "choose another name, or leave it empty for the next free one",
  });
}

function wrongName(name: string): Problem {
  return problemAt({ path: "name", layer: "option", code: "invalid-argument" }, {
    rule: "the name of a run is that of a folder in the board's own",
    got: JSON.stringify(name),
    wanted: "at most 100 letters, digits, dots, hyphens and underscores, a letter or digit first",
    hint: "choose another name, or leave it empty for the next free one",
  });
}

function unknownNetwork(net: string): Problem {
  return problemAt({ path: "net", layer: "option", code: "unknown-name" }, {
    rule: "the network must be one of the zoo",
    got: JSON.stringify(net),
    wanted: "a name that the zoo has",
    hint: closest(net, ZOO_NAMES, "any other network is trained from the part Networks"),
  });
}
