/** Writing a network or a run as a graph model for TensorFlow.js: a folder of files. */
import { join } from "@std/path";
import { toTfjs } from "../../dsl/interpreters/tfjs/export.ts";
import { defined } from "../../dsl/problem/defined.ts";
import { bytes } from "../../dsl/problem/digits.ts";
import { printable } from "../../dsl/problem/escape.ts";
import { citationOf } from "../../nets/citations.ts";
import { normalizationToJson } from "../data/normalization_json.ts";
import { makeFolder, writeAtomic } from "../files/atomic.ts";
import { attempt, orThrow, type Result } from "../fp.ts";
import { openSubject, type SubjectOptions } from "./subject.ts";
import { initialNote } from "./words.ts";

export interface TfjsTaskOptions extends SubjectOptions {
  /** The folder; the subject's own name with `-tfjs` behind it, in this folder, when left out. */
  readonly out?: string | undefined;
  readonly batch?: number | "dynamic" | undefined;
  readonly half?: boolean | undefined;
}

/** Writes the files into a folder, which is made if it is not there, and gives a line on them. */
export function exportTfjs(
  options: TfjsTaskOptions,
  note: (text: string) => void,
): Promise<Result<readonly string[]>> {
  return attempt(async () => {
    const subject = orThrow(await openSubject(options));
    const { name, net, plan, tensors, classes, normalization } = subject;
    const { batch, half, out = `${subject.stem}-tfjs` } = options;
    const files = orThrow(toTfjs(plan, tensors, {
      net,
      metadata: {
        name,
        ...(normalization && { normalisation: { ...normalizationToJson(normalization) } }),
      },
      ...defined({ batch, half, classes, citation: citationOf(name) }),
    }));
    orThrow(await makeFolder(out)());
    // The weights first: who finds the model finds them too.
    for (const [file, content] of [...files].toReversed()) {
      orThrow(await writeAtomic(join(out, file), content));
    }
    if (subject.classes === undefined) note(initialNote(options));
    const size = [...files.values()].reduce((sum, { length }) => sum + length, 0);
    const shards = files.size === 2 ? "a file" : `${files.size - 1} files`;
    return [printable(`${out} holds model.json and its weights in ${shards}, ${bytes(size)}`)];
  });
}
