/**
 * ONNX: networks as `.onnx` files for other programs, and running graphs on
 * ONNX Runtime: native code on the processor, on all cores. Importing this is
 * cheap; the runtime is loaded by the first call that needs it, and is a
 * package of its own that need not be there. Writing a file never needs it.
 *
 * @module
 */
export { onnxEngine, type OnnxOptions } from "./engine.ts";
export {
  type OnnxDescription,
  type OnnxExportOptions,
  type OnnxLayout,
  type OnnxTrainingOptions,
  toOnnx,
  trainingStepToOnnx,
} from "../../interpreters/onnx/export.ts";
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
