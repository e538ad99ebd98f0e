/**
 * The memory of TensorFlow.js's backends: that of WebAssembly with its 4 GiB, the graphics card's
 * with its largest buffer, or plain arrays.
 */
import { memoryUse } from "../../interpreters/counts/memory.ts";
import type { EngineMemory } from "../engine.ts";
import type { ReadyBackend } from "./backends.ts";

const GIB = 2 ** 30;

/** What a backend takes beyond the values of a graph: room within operations, and what lies between tensors. */
const OVERHEAD = { webgpu: 1.3, wasm: 1.1, cpu: 1.5 } as const;

/** The memory in which a backend works. */
export function memoryOf({ name, limits }: ReadyBackend): EngineMemory {
  const common: EngineMemory = {
    ofMachine: name !== "webgpu",
    needed: (graphs) =>
      OVERHEAD[name] * Math.max(0, ...graphs.map((graph) => memoryUse(graph).peak)),
  };
  const { maxBufferSize = Infinity, maxStorageBufferBindingSize = Infinity } = limits;
  if (name === "wasm") return { ...common, most: 4 * GIB };
  const largest = Math.min(maxBufferSize, maxStorageBufferBindingSize);
  return Number.isFinite(largest) ? { ...common, largest } : common;
}
