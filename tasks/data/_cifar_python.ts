/**
 * CIFAR-10 and CIFAR-100 from the Python version of their authors: pickles of dictionaries, each
 * with an array of 3,072 bytes an image, the red plane, the green, the blue, and a list of labels.
 */
import { join } from "@std/path";
import * as v from "valibot";
import { readBytes } from "../files/atomic.ts";
import { messageOf } from "../files/io_problem.ts";
import type { Result, TaskResult } from "../fp.ts";
import { allOfAsync, fail, pipe, right, TE } from "../fp.ts";
import { brokenData } from "./dataset.ts";
import { PLANES, type Planes } from "./_cifar_planes.ts";
import { ByteArray, unpickled } from "./_pickle.ts";

/** What the files of the Python version are called, and their fields. */
export interface PythonLayout {
  readonly folder: string;
  readonly train: readonly string[];
  readonly test: readonly string[];
  /** The file with the names of the classes, and their field. */
  readonly meta: string;
  readonly names: string;
  readonly labels: string;
}

const label = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(255));

/** The images of a split, file by file. */
export function readBatches(
  folder: string,
  names: readonly string[],
  { labels }: PythonLayout,
): TaskResult<readonly Planes[]> {
  return allOfAsync(
    names.map((name) => {
      const path = join(folder, name);
      return pipe(
        dictionary(path),
        TE.flatMapEither((fields): Result<Planes> => {
          const { data } = fields;
          const classes = v.safeParse(v.array(label), fields[labels]);
          if (!(data instanceof ByteArray) || !classes.success) {
            return wrong(path, Object.keys(fields).join(", "), `data, and ${labels} from 0 to 255`);
          }
          const { shape, bytes: planes } = data;
          const [count, size] = shape;
          return size === PLANES && count === classes.output.length && count > 0
            ? right({ planes, labels: Uint8Array.from(classes.output) })
            : wrong(
              path,
              `an array of ${shape.join("x")} and ${classes.output.length} labels`,
              `${PLANES} bytes and a label for each image`,
            );
        }),
      );
    }),
  );
}

/** The names of the classes. */
export function readNames(
  folder: string,
  { meta, names }: PythonLayout,
): TaskResult<readonly string[]> {
  const path = join(folder, meta);
  return pipe(
    dictionary(path),
    TE.flatMapEither((fields) => {
      const found = v.safeParse(v.array(v.string()), fields[names]);
      return found.success
        ? right(found.output)
        : wrong(path, Object.keys(fields).join(", "), `${names}, a list of names`);
    }),
  );
}

/** The fields of a pickled dictionary; text that was pickled as bytes is text again. */
function dictionary(path: string): TaskResult<Readonly<Record<string, unknown>>> {
  return pipe(
    () => readBytes(path),
    TE.flatMapEither((bytes) => {
      try {
        const value = unpickled(bytes);
        if (value instanceof Map) {
          return right(
            Object.fromEntries([...value].map(([key, field]) => [`${text(key)}`, texts(field)])),
          );
        }
        return wrong(path, "another value", "a dictionary");
      } catch (error) {
        return wrong(path, messageOf(error), "a dictionary of arrays, lists and text");
      }
    }),
  );
}

function texts(field: unknown): unknown {
  return Array.isArray(field) ? field.map(text) : field;
}

function text(value: unknown): unknown {
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : value;
}

function wrong(path: string, got: string, wanted: string): Result<never> {
  const rule = "the file is a pickle of CIFAR's Python version";
  return fail(brokenData(path, rule, got, wanted, "unpack the archive again"));
}
