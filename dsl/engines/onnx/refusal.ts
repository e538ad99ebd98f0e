/**
 * What ONNX Runtime says when it does not do what it is asked, as problems. Its
 * errors have no codes in JavaScript, so they are told apart by their text.
 */
import type { Problem } from "../../problem/problem.ts";
import { PACKAGE } from "./runtime.ts";

/** A model that was given to the runtime. */
export interface GivenModel {
  /** The name of its graph. */
  readonly name: string;
  /** The length of its bytes. */
  readonly size: number;
}

/** Why a model could not be loaded, by the error that the runtime threw. */
export function loadRefusal(error: unknown, { name, size }: GivenModel): Problem {
  const text = textOf(error);
  const problem = { path: name, layer: "ONNX Runtime", code: "runtime-refused", got: text };
  if (/parsing failed|data pointer is null/i.test(text)) {
    return {
      ...problem,
      rule: "the runtime must be able to read the model",
      got: `${size} bytes: ${text}`,
      wanted: "the bytes of an ONNX model",
      hint:
        "it is made in memory, nothing on disk is damaged; run it again, or use the engine tfjs",
    };
  }
  if (/No Op registered|registered function|implementation for|opset|IR version/i.test(text)) {
    return {
      ...problem,
      rule: "the runtime must know every operator of the model",
      wanted: `the operators of ${PACKAGE}`,
      hint: "use that version of the runtime, or the engine tfjs",
    };
  }
  return {
    ...problem,
    rule: "the runtime must take the model",
    wanted: "a model that loads",
    hint: TOO_LITTLE_MEMORY,
  };
}

/** Why a run did not come to its end, by the error that the runtime threw. */
export function runRefusal(error: unknown, name: string): Problem {
  return {
    path: name,
    layer: "ONNX Runtime",
    code: "runtime-failed",
    rule: "the runtime must finish a run",
    got: textOf(error),
    wanted: "a run without errors",
    hint: TOO_LITTLE_MEMORY,
  };
}

const TOO_LITTLE_MEMORY = "with too little memory a smaller batch helps; else use the engine tfjs";

function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().replaceAll(/\s*\n\s*/g, "; ");
}
