/**
 * Opening the engine that is asked for, or the best one that works on this
 * machine. An engine that was named is never replaced by another; one that
 * `auto` would have taken and that does not work is reported.
 */
import { FUNCTION, needed, optionsOf } from "../problem/expect.ts";
import type { Problem } from "../problem/problem.ts";
import { left, type Result } from "../problem/result.ts";
import { type EngineRequest, PREFERENCE, requestProblems } from "./choice.ts";
import type { Engine } from "./engine.ts";
import { onnxEngine, type OnnxOptions } from "./onnx/engine.ts";
import { hasRealAdapter } from "./tfjs/adapter.ts";
import { tfjsEngine, type TfjsOptions } from "./tfjs/engine.ts";

/** Where engines come from. */
export interface Openers {
  /** Whether there is a WebGPU adapter that is not imitated in software. */
  readonly hasGraphicsCard: () => Promise<boolean>;
  /** Opens TensorFlow.js. */
  readonly tfjs: (options: TfjsOptions) => Promise<Result<Engine>>;
  /** Opens ONNX Runtime. */
  readonly onnx: (options: OnnxOptions) => Promise<Result<Engine>>;
}

const OPENERS: Openers = { hasGraphicsCard: hasRealAdapter, tfjs: tfjsEngine, onnx: onnxEngine };

/**
 * Opens the engine that is asked for, which has examined itself. It fails when
 * there is none of that name, when options do not go together, and when the
 * engine is unavailable. `onNote` is told, a line at a time, what `auto` passed
 * over because it does not work and which engine takes its place, and when a graphics card that was
 * asked for is imitated in software.
 */
export async function openEngine(
  request: EngineRequest,
  telling: {
    readonly onNote: (line: string) => void;
    readonly openers?: Openers;
  },
): Promise<Result<Engine>> {
  const { onNote, openers = OPENERS } = needed(telling, { onNote: FUNCTION }, ["openers"]);
  const defaults = { engine: "auto", backend: "auto", threads: undefined };
  const { engine, backend, threads } = optionsOf(request, defaults);
  const problems = requestProblems(request);
  if (problems.length > 0) return left(problems);
  const asked = threads === undefined ? {} : { threads };
  if (engine === "onnx") return await openers.onnx(asked);
  // One of the known names, as has been checked above.
  if (backend !== "auto") {
    const opened = await openers.tfjs({ backend: backend as Backend, ...asked });
    const isSlow = opened._tag === "Right" && backend === "webgpu" &&
      !await openers.hasGraphicsCard();
    if (isSlow) onNote(`${opened.right.description} imitates a graphics card: it is slow`);
    return opened;
  }
  const failures: Failure[] = [];
  for (const name of PREFERENCE) {
    if (name === "onnx" && engine === "tfjs") continue;
    if (name === "webgpu" && !await openers.hasGraphicsCard()) continue;
    const opened = name === "onnx"
      ? await openers.onnx(asked)
      : await openers.tfjs({ backend: name, ...name === "wasm" ? asked : {} });
    if (opened._tag === "Left") {
      failures.push({ name, problems: opened.left });
      continue;
    }
    const { description } = opened.right;
    for (const failure of failures) onNote(passedOver(failure, description));
    if (threads !== undefined && name !== "onnx" && name !== "wasm") {
      onNote(`threads are ONNX Runtime's and wasm's; ${description} takes no notice of them`);
    }
    return opened;
  }
  return left(failures.flatMap(({ problems }) => problems));
}

type Backend = TfjsOptions["backend"];

interface Failure {
  readonly name: typeof PREFERENCE[number];
  readonly problems: readonly Problem[];
}

function passedOver({ name, problems }: Failure, instead: string): string {
  const title = name === "onnx" ? "ONNX Runtime" : `tfjs ${name}`;
  const reasons = problems.map(({ got }) => got).join("; ");
  const hint = [...new Set(problems.map(({ hint }) => hint))].join("; ");
  return `${title} cannot be used, ${instead} computes instead: ${reasons} (${hint})`;
}
