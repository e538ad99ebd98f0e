/**
 * For authors of engines, and of scripts that run programs themselves: the
 * interface, state with several owners, checks of what a program is given, and
 * the engines of the package by name.
 *
 * @module
 */
export { BACKENDS, type EngineChoice, type EngineRequest, ENGINES } from "./choice.ts";
export type { TfjsOptions } from "./tfjs/engine.ts";
export type { OnnxOptions } from "./onnx/engine.ts";
export type { DeviceState, Engine, EngineMemory, NonFinite, Program, RunResult } from "./engine.ts";
export { checkFit } from "./fit.ts";
export { type Loaded, outputsOf, withLoaded } from "./loaded.ts";
export { openEngine, type Openers } from "./open.ts";
export { type CheckLine, selfCheck, selfCheckProblems } from "./self_check.ts";
export { Outputs, type Reading } from "./output.ts";
export { type Held, Kept, Shared, StateStore, type StateTensors } from "./state.ts";
export { checkTensors, type HostTensor, type Tensors } from "../graph/tensors.ts";
export type { Graph, Node, Port, StateSlot, ValueId } from "../graph/graph.ts";
export type * from "../graph/op.ts";
export type { Problem, Step, Way } from "../problem/problem.ts";
export type { Either, Left, Result, Right } from "../problem/result.ts";
