/**
 * The TensorFlow.js engine's front door. Importing this loads nothing of the
 * library; asking for an engine loads the library and one backend.
 */
import { BACKENDS, requestProblems } from "../choice.ts";
import { coreCount } from "../cores.ts";
import { COUNT, expected, needed, oneOf, optional, TEXT } from "../../problem/expect.ts";
import type { Problem } from "../../problem/problem.ts";
import { fail, left, type Result, right } from "../../problem/result.ts";
import type { Engine } from "../engine.ts";
import { hasRealAdapter } from "./adapter.ts";

/** Which backend to use. */
export interface TfjsOptions {
  /**
   * `auto` takes webgpu where there is a real graphics card, else wasm, else
   * cpu; a software adapter is used only when webgpu is asked for by name.
   */
  readonly backend: "auto" | "webgpu" | "wasm" | "cpu";
  /**
   * Processor threads of wasm, which `auto` may pass over; as many as there are
   * cores when left out, and one in a page that is not isolated from other
   * origins. Results are the same with any number.
   */
  readonly threads?: number;
  /**
   * The address of the folder that holds `tfjs-backend-wasm-simd.wasm`, for pages;
   * where the page's script is when left out. The first engine on wasm decides.
   */
  readonly wasmFiles?: string;
}

/**
 * An engine on TensorFlow.js. Before it is handed over it has computed a
 * small convolution and its gradients, and the numbers were right. It fails
 * when the backend is unavailable or computes wrongly, and when threads are
 * asked of one that has none.
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
  const { backend, threads, wasmFiles } = needed(options, { backend: oneOf(BACKENDS) }, [
    "threads",
    "wasmFiles",
  ]);
  expected(threads, optional(COUNT), "threads");
  expected(wasmFiles, optional(TEXT), "wasmFiles");
  const use = { threads, wasmFiles };
  if (backend !== "auto") {
    const problems = requestProblems({ backend, threads });
    return problems.length > 0 ? left(problems) : await start(backend, use);
  }
  if (await hasRealAdapter()) {
    const engine = await start("webgpu");
    if (engine._tag === "Right") return engine;
  }
  const engine = await start("wasm", use);
  return engine._tag === "Right" ? engine : await start("cpu");
}

async function start(
  name: "webgpu" | "wasm" | "cpu",
  { threads: asked, wasmFiles }: {
    readonly threads?: number | undefined;
    readonly wasmFiles?: string | undefined;
  } = {},
): Promise<Result<Engine>> {
  const { readyBackend } = await import("./backends.ts");
  const { engineOn } = await import("./_session.ts");
  const { selfCheck, selfCheckProblems } = await import("../self_check.ts");
  const ready = await readyBackend(name, wasmFiles);
  if (ready._tag === "Left") return ready;
  const most = ready.right.employ === undefined ? 1 : Infinity;
  const threads = Math.min(most, asked ?? coreCount());
  if (asked !== undefined && asked > threads) return fail(noThreads(asked));
  const engine = engineOn(ready.right, { threads });
  const problems = selfCheckProblems(engine, await selfCheck(engine));
  if (problems.length === 0) return right(engine);
  engine.dispose();
  return fail(...problems);
}

function noThreads(asked: number): Problem {
  return {
    path: "threads",
    layer: "option",
    code: "backend-unavailable",
    rule: "threads of wasm share its memory",
    got: `${asked} threads where no memory can be shared`,
    wanted: "1 thread",
    hint:
      "leave threads out; a page shares memory when it is served with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp",
  };
}
