/**
 * Running graphs on TensorFlow.js: on the graphics card through WebGPU, on the
 * processor through WebAssembly, or in plain JavaScript. Importing this is
 * cheap; the library is loaded by the first call that needs it.
 *
 * @module
 */
export { tfjsEngine, type TfjsOptions } from "./engine.ts";
export { type TfjsExportOptions, toTfjs } from "../../interpreters/tfjs/export.ts";
export { type BackendReport, inspectBackends, listBackends } from "./inspect.ts";
export { type CheckLine, selfCheck, selfCheckProblems } from "../self_check.ts";
export type {
  DeviceState,
  Engine,
  EngineMemory,
  NonFinite,
  Program,
  RunResult,
} from "../engine.ts";
export type { HostTensor, Tensors } from "../../graph/tensors.ts";
export type { Graph, Node, Port, StateSlot, ValueId } from "../../graph/graph.ts";
export type * from "../../graph/op.ts";
export type { Problem } from "../../problem/problem.ts";
export type { Either, Left, Result, Right } from "../../problem/result.ts";
