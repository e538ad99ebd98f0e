/** Running exported files in ONNX Runtime, and what they are compared by. */
import { loadRuntime } from "../../dsl/engines/onnx/runtime.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { renderProblems } from "../../dsl/problem/render.ts";

export { answerOf, assertLogits, imagesFor, lively, noise } from "../_logits.ts";

const runtime = await loadRuntime();

/** Backends named in NETFOLD_REQUIRE_BACKENDS must not be skipped. */
const required = (Deno.env.get("NETFOLD_REQUIRE_BACKENDS") ?? "").split(",").includes("onnx");

/** Registers a test that needs ONNX Runtime; without it the test is skipped by name, or fails if it is required. */
export function testOnnx(name: string, fn: (test: Deno.TestContext) => Promise<void>): void {
  if (runtime._tag === "Right") return Deno.test(name, fn);
  Deno.test({
    name: `skipped: onnx: ${name}`,
    ignore: !required,
    fn: () => {
      throw new Error(renderProblems(runtime.left));
    },
  });
}

/** An exported file, opened. */
export interface Opened extends AsyncDisposable {
  /** What it answers to named tensors. */
  readonly run: (
    feeds: Readonly<
      Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>
    >,
  ) => Promise<ReadonlyMap<string, Float32Array>>;
}

/** Opens a file in ONNX Runtime. */
export async function open(file: Uint8Array): Promise<Opened> {
  const { InferenceSession, Tensor } = orThrow(runtime);
  const session = await InferenceSession.create(file);
  return {
    run: async (feeds) => {
      const tensors = Object.entries(feeds).map(([name, { shape, data }]) =>
        [name, new Tensor("float32", data, shape)] as const
      );
      const results = await session.run(Object.fromEntries(tensors));
      return new Map(
        Object.entries(results).map(([name, result]) => {
          if (!(result.data instanceof Float32Array)) throw new TypeError(`${name} is not float32`);
          return [name, result.data];
        }),
      );
    },
    [Symbol.asyncDispose]: async () => await session.release(),
  };
}
