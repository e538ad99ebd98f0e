/** The memory of ONNX Runtime, which keeps what it once had for the next run. */
import { memoryUse } from "../../interpreters/counts/memory.ts";
import type { EngineMemory } from "../engine.ts";

/** What the runtime takes beyond the values of a graph: maps in blocks, copies, and room that it keeps. */
const OVERHEAD = 1.25;

export const ONNX_MEMORY: EngineMemory = {
  ofMachine: true,
  needed: (graphs) => graphs.reduce((sum, graph) => sum + OVERHEAD * memoryUse(graph).peak, 0),
};
