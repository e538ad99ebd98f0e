/** Writing a network or a run as an ONNX file. */
import { printable } from "../../dsl/problem/escape.ts";
import { stepOf } from "../training/recipe.ts";
import { defined } from "../../dsl/problem/defined.ts";
import type { OnnxDescription, OnnxLayout } from "../../dsl/interpreters/onnx/export.ts";
import { toOnnx, trainingStepToOnnx } from "../../dsl/interpreters/onnx/export.ts";
import { initialState } from "../../dsl/programs/initial.ts";
import { trainingStep } from "../../dsl/programs/training_step.ts";
import { bytes } from "../../dsl/problem/digits.ts";
import { attempt, orThrow, type Result } from "../fp.ts";
import { citationOf } from "../../nets/citations.ts";
import { normalizationToJson } from "../data/normalization_json.ts";
import { writeAtomic } from "../files/atomic.ts";
import { encodeSafetensors } from "../files/safetensors.ts";

import { openSubject, type Subject, type SubjectOptions } from "./subject.ts";
import { initialNote } from "./words.ts";

export interface OnnxTaskOptions extends SubjectOptions {
  /** The file; the subject's own name, in this folder, when left out. */
  readonly out?: string | undefined;
  readonly batch?: number | "dynamic" | undefined;
  readonly layout?: OnnxLayout | undefined;
  readonly training?: boolean | undefined;
}

/** Writes the file or files, and gives a line on each. */
export function exportOnnx(
  options: OnnxTaskOptions,
  note: (text: string) => void,
): Promise<Result<readonly string[]>> {
  return attempt(async () => {
    const subject = orThrow(await openSubject(options));
    const out = options.out ?? `${subject.stem}.onnx`;
    const files = options.training === true
      ? trainingFiles(subject, out, options)
      : [[out, inferenceFile(subject, options)] as const];
    for (const [path, content] of files) orThrow(await writeAtomic(path, content));
    if (subject.classes === undefined) note(initialNote(options));
    return files.map(([path, content]) => `${printable(path)}  ${bytes(content.length)}`);
  });
}

type Files = readonly (readonly [string, Uint8Array])[];

function inferenceFile(
  subject: Subject,
  { batch = "dynamic", layout }: OnnxTaskOptions,
): Uint8Array {
  const { plan, tensors } = subject;
  return orThrow(toOnnx(plan, tensors, { ...described(subject, layout), batch }));
}

/** The step, and the state in which it begins. */
function trainingFiles(subject: Subject, out: string, { batch, layout }: OnnxTaskOptions): Files {
  const { plan, recipe, tensors } = subject;
  const size = typeof batch === "number" ? batch : recipe.batch;
  const training = stepOf({ ...recipe, batch: size });
  const step = trainingStepToOnnx(plan, { ...described(subject, layout), ...training });
  const state = initialState(trainingStep(plan, training), tensors);
  return [[out, step], [`${out.replace(/\.onnx$/, "")}.safetensors`, encodeSafetensors(state, {})]];
}

function described(
  { name, net, classes, normalization }: Subject,
  layout: OnnxLayout = "nchw",
): OnnxDescription & { readonly layout: OnnxLayout } {
  const citation = citationOf(name);
  return {
    name,
    net,
    layout,
    ...defined({ citation, classes }),
    ...(normalization && {
      metadata: { normalisation: JSON.stringify(normalizationToJson(normalization)) },
    }),
  };
}
