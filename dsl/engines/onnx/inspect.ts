/**
 * Whether this machine has ONNX Runtime, and whether it computes rightly: what
 * the `doctor` task prints.
 */
import type { Problem } from "../../problem/problem.ts";
import type { CheckLine } from "../self_check.ts";
import { onnxEngine, type OnnxOptions } from "./engine.ts";
import { loadRuntime } from "./runtime.ts";

/** What is known of ONNX Runtime. */
export interface OnnxReport {
  readonly name: "onnx";
  /** Whether it starts and computes rightly. */
  readonly available: boolean;
  /** Engine and threads, for people; its name alone when it does not start. */
  readonly description: string;
  /** The version of the library, when it loads. */
  readonly version?: string;
  /** The lines of its examination. */
  readonly checks: readonly CheckLine[];
  /** Why it cannot be used, with what to do about it. */
  readonly problems: readonly Problem[];
}

/**
 * Loads and examines ONNX Runtime, which fetches its package from npm when it
 * is not there.
 */
export async function inspectOnnx(options: OnnxOptions = {}): Promise<OnnxReport> {
  const { selfCheck, selfCheckProblems } = await import("../self_check.ts");
  const runtime = await loadRuntime();
  if (runtime._tag === "Left") return unavailable(runtime.left);
  const version = runtime.right.env.versions.node;
  const known = version === undefined ? {} : { version };
  const opened = await onnxEngine(options);
  if (opened._tag === "Left") return { ...unavailable(opened.left), ...known };
  const engine = opened.right;
  try {
    const { description } = engine;
    const checks = await selfCheck(engine);
    const problems = selfCheckProblems(engine, checks);
    return {
      name: "onnx",
      available: problems.length === 0,
      description,
      ...known,
      checks,
      problems,
    };
  } finally {
    engine.dispose();
  }
}

function unavailable(problems: readonly Problem[]): OnnxReport {
  return { name: "onnx", available: false, description: "onnx", checks: [], problems };
}
