/** A backend under test, and tests that are looped over several of them. */
import type { Engine } from "../../dsl/engines/engine.ts";
import { onnxEngine, type OnnxOptions } from "../../dsl/engines/onnx/engine.ts";
import { tfjsEngine } from "../../dsl/engines/tfjs/engine.ts";
import { renderProblems } from "../../dsl/problem/render.ts";

/** The backends that there are. */
export type BackendName = "cpu" | "wasm" | "webgpu" | "onnx";

/** A backend under test. */
export interface Backend {
  readonly name: BackendName;
  /** The engine, or why there is none. */
  readonly engine: Engine | string;
}

/** Opens a backend; the options are ONNX Runtime's. */
export async function openBackend(name: BackendName, options: OnnxOptions = {}): Promise<Backend> {
  const opened = name === "onnx" ? await onnxEngine(options) : await tfjsEngine({ backend: name });
  return { name, engine: opened._tag === "Right" ? opened.right : renderProblems(opened.left) };
}

/** Backends named in NETFOLD_REQUIRE_BACKENDS, which must not be skipped. */
function required(): readonly string[] {
  const permission = Deno.permissions.querySync({
    name: "env",
    variable: "NETFOLD_REQUIRE_BACKENDS",
  });
  if (permission.state !== "granted") return [];
  return (Deno.env.get("NETFOLD_REQUIRE_BACKENDS") ?? "").split(",");
}

/** Registers a test for each backend; one that is unavailable is skipped by name, or fails if it is required. */
export function testEach(
  backends: readonly Backend[],
  name: string,
  run: (engine: Engine, test: Deno.TestContext) => Promise<void>,
): void {
  for (const { name: backend, engine } of backends) {
    if (typeof engine !== "string") {
      Deno.test(`${name} on ${backend}`, (test) => run(engine, test));
      continue;
    }
    Deno.test({
      name: `skipped: ${backend}: ${name}`,
      ignore: !required().includes(backend),
      fn: () => {
        throw new Error(`backend ${backend} is required: ${engine}`);
      },
    });
  }
}
