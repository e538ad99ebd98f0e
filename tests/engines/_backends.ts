/** The backends that the suite loops over, and which of them this machine has. */
import type { Engine } from "../../dsl/engines/engine.ts";
import { onnxEngine } from "../../dsl/engines/onnx/engine.ts";
import { tfjsEngine } from "../../dsl/engines/tfjs/engine.ts";
import { renderProblems } from "../../dsl/problem.ts";

const NAMES = ["cpu", "wasm", "webgpu", "onnx"] as const;

/** A backend under test. */
export interface Backend {
  readonly name: typeof NAMES[number];
  /** The engine, or why there is none. */
  readonly engine: Engine | string;
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

/** Every backend. */
export const BACKENDS: readonly Backend[] = await Promise.all(
  NAMES.map(async (name) => {
    const engine = name === "onnx" ? await onnxEngine() : await tfjsEngine({ backend: name });
    return {
      name,
      engine: engine._tag === "Right" ? engine.right : renderProblems(engine.left),
    };
  }),
);

/** Registers a test for each backend; one that cannot be had is skipped by name, or fails if it is required. */
export function testBackends(
  name: string,
  run: (engine: Engine, test: Deno.TestContext) => Promise<void>,
): void {
  for (const { name: backend, engine } of BACKENDS) {
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
