/** Weights and images for exported files, and what netfold's own engines answer to compare. */
import { AssertionError } from "@std/assert";
import type { Engine } from "../dsl/engines/engine.ts";
import type { Tensors } from "../dsl/graph/tensors.ts";
import { sizeOf } from "../dsl/net/shape.ts";
import { parametersOf } from "../dsl/plan/parameters.ts";
import type { Plan } from "../dsl/plan/plan.ts";
import { inference } from "../dsl/programs/inference.ts";

/** Numbers between -1 and 1 that look random, quickly. */
export function noise(count: number, seed: number): Float32Array {
  let state = seed * 2654435761 >>> 0 || 1;
  return Float32Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 31 - 1;
  });
}

/**
 * Weights with which activations neither vanish nor explode, however deep the
 * network; running statistics are anything but zero and one.
 */
export function lively(plan: Plan): Tensors {
  return new Map(
    parametersOf(plan).map(({ path, shape, role, fanIn }, i) => {
      const numbers = noise(sizeOf(shape), i + 1);
      switch (role) {
        case "running-variance":
          return [path, { shape, data: numbers.map((x) => 1.5 + x / 2) }];
        case "scale":
          return [path, { shape, data: numbers.map((x) => 0.3 + x / 5) }];
        case "shift":
        case "bias":
        case "running-mean":
          return [path, { shape, data: numbers.map((x) => x / 10) }];
        case "kernel":
          return [path, { shape, data: numbers.map((x) => x * Math.sqrt(3 / fanIn)) }];
      }
    }),
  );
}

/** Images in netfold's order, and the same in ONNX's. */
export function imagesFor(
  { input: [height = 1, width = 1, channels = 1] }: Plan,
  batch: number,
): { readonly nhwc: Float32Array; readonly nchw: Float32Array } {
  const size = height * width;
  const nhwc = noise(batch * size * channels, 99);
  const nchw = nhwc.map((_, i) => {
    const [pixel, channel] = [i % size, Math.floor(i / size) % channels];
    return nhwc[(Math.floor(i / size / channels) * size + pixel) * channels + channel] ?? NaN;
  });
  return { nhwc, nchw };
}

/** What an engine of netfold's answers. */
export async function answerOf(
  engine: Engine,
  plan: Plan,
  weights: Tensors,
  { batch, images }: { readonly batch: number; readonly images: Float32Array },
): Promise<Float32Array> {
  const program = engine.load(inference(plan, batch));
  const state = engine.upload(weights);
  try {
    const { outputs, state: after } = program.run(state, { images });
    const logits = await outputs.logits?.();
    engine.free(after);
    if (logits === undefined) throw new TypeError("the program has no logits");
    return logits;
  } finally {
    engine.free(state);
    program.dispose();
  }
}

/** Fails unless logits agree to so much of the largest, or to so much when all are small. */
export function assertLogits(
  got: Float32Array | undefined,
  wanted: Float32Array,
  of: string,
  tolerance = 1e-4,
): void {
  const largest = wanted.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
  const worst = wanted.reduce((most, x, i) => Math.max(most, Math.abs(x - (got?.[i] ?? NaN))), 0);
  const fits = got?.length === wanted.length && worst <= tolerance * largest;
  if (!fits) {
    throw new AssertionError(
      `${of}: ${got?.length} logits for ${wanted.length} up to ${largest} differ by ${worst}`,
    );
  }
}
