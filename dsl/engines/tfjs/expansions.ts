/**
 * Which expansions a backend uses: the generic ones, and in their place those
 * that its own file does better.
 */
import type { Expansions } from "./expansion.ts";
import { GENERIC } from "./generic/generic.ts";
import { WASM } from "./wasm/wasm.ts";
import { WEBGPU } from "./webgpu/webgpu.ts";

/** The expansions of a backend. */
export function expansionsFor(backend: string): Expansions {
  switch (backend) {
    case "webgpu":
      return { ...GENERIC, ...WEBGPU };
    case "wasm":
      return { ...GENERIC, ...WASM };
    default:
      return GENERIC;
  }
}
