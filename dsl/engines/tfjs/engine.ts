/**
 * The TensorFlow.js engine's front door. Importing this loads nothing of the
 * library; asking for an engine loads the library and one backend.
 */
import { BACKENDS } from "../choice.ts";
import { needed, oneOf } from "../../problem/expect.ts";
import { fail, type Result, right } from "../../problem/result.ts";
import type { Engine } from "../engine.ts";
import { hasRealAdapter } from "./adapter.ts";

/** Which backend to use. */
export interface TfjsOptions {
  /**
   * `auto` takes webgpu where there is a real graphics card, else wasm, else
   * cpu; a software adapter is used only when webgpu is asked for by name.
   */
  readonly backend: "auto" | "webgpu" | "wasm" | "cpu";
}

/**
 * An engine on TensorFlow.js. Before it is handed over it has computed a
 * small convolution and its gradients, and the numbers were right. It fails
 * when the backend is unavailable or computes wrongly.
 *
 * @example
 * ```ts
 * import { tfjsEngine } from "@netfold/netfold/tfjs";
 * import { orThrow } from "@netfold/netfold";
 * import { assertEquals } from "@std/assert";
 *
 * const engine = orThrow(await tfjsEngine({ backend: "cpu" }));
 * assertEquals(engine.backend, "cpu");
 * engine.dispose();
 * ```
 */
export async function tfjsEngine(options: TfjsOptions): Promise<Result<Engine>> {
  const { backend } = needed(options, { backend: oneOf(BACKENDS) });
  if (backend !== "auto") return await start(backend);
  if (await hasRealAdapter()) {
    const engine = await start("webgpu");
    if (engine._tag === "Right") return engine;
  }
  const engine = await start("wasm");
  return engine._tag === "Right" ? engine : await start("cpu");
}

async function start(name: "webgpu" | "wasm" | "cpu"): Promise<Result<Engine>> {
  const { readyBackend } = await import("./backends.ts");
  const { engineOn } = await import("./_session.ts");
  const { selfCheck, selfCheckProblems } = await import("../self_check.ts");
  const ready = await readyBackend(name);
  if (ready._tag === "Left") return ready;
  const engine = engineOn(ready.right);
  const problems = selfCheckProblems(engine, await selfCheck(engine));
  if (problems.length === 0) return right(engine);
  engine.dispose();
  return fail(...problems);
}
