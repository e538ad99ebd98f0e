/**
 * Which TensorFlow.js backends this machine has, what they are, and whether
 * they compute rightly: what the `doctor` task prints.
 */
import type { Problem } from "../../problem/problem.ts";
import { coreCount } from "../cores.ts";
import type { CheckLine } from "../self_check.ts";

/** What is known of a backend. */
export interface BackendReport {
  /** Its name. */
  readonly name: "webgpu" | "wasm" | "cpu";
  /** Whether it starts and computes rightly. */
  readonly available: boolean;
  /** Backend and adapter, for people; its name alone when it does not start. */
  readonly description: string;
  /** Whether it imitates a graphics card in software. */
  readonly software: boolean;
  /** Limits of the device that decide what fits, by WebGPU's names. */
  readonly limits: Readonly<Record<string, number>>;
  /** The lines of its examination. */
  readonly checks: readonly CheckLine[];
  /** Why it cannot be used, with what to do about it. */
  readonly problems: readonly Problem[];
}

/** The backends in the order in which they are preferred. */
export function listBackends(): readonly BackendReport["name"][] {
  return ["webgpu", "wasm", "cpu"];
}

/**
 * Starts and examines every backend in turn.
 *
 * @example
 * ```ts
 * import { inspectBackends } from "@netfold/netfold/tfjs";
 * import { assert } from "@std/assert";
 *
 * const reports = await inspectBackends();
 * assert(reports.some(({ name, available }) => name === "cpu" && available));
 * ```
 */
export async function inspectBackends(): Promise<readonly BackendReport[]> {
  const reports: BackendReport[] = [];
  for (const name of listBackends()) reports.push(await inspect(name));
  return reports;
}

async function inspect(name: BackendReport["name"]): Promise<BackendReport> {
  const { readyBackend } = await import("./backends.ts");
  const { engineOn } = await import("./_session.ts");
  const { selfCheck, selfCheckProblems } = await import("../self_check.ts");
  const ready = await readyBackend(name);
  if (ready._tag === "Left") {
    return {
      name,
      available: false,
      description: name,
      software: false,
      limits: {},
      checks: [],
      problems: ready.left,
    };
  }
  const { software, limits, employ } = ready.right;
  const engine = engineOn(ready.right, { threads: employ === undefined ? 1 : coreCount() });
  const { description } = engine;
  try {
    const checks = await selfCheck(engine);
    const problems = selfCheckProblems(engine, checks);
    const available = problems.length === 0;
    return { name, available, description, software, limits, checks, problems };
  } finally {
    engine.dispose();
  }
}
