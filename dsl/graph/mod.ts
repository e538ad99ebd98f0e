/**
 * The tensor program, for authors of layers, losses, optimisers and engines: its
 * operations and the builder that puts them together, gradients, functions
 * composed of operations, and what an engine needs to run a program.
 *
 * @module
 */
export * from "./arithmetic.ts";
export { GraphBuilder, type SingleName, type SingleOp } from "./builder.ts";
export * from "./compose.ts";
export { dump } from "./dump.ts";
export type { Graph, Node, Port, StateSlot, ValueId } from "./graph.ts";
export type * from "./op.ts";
export { gradients } from "./reverse.ts";
export { type Schedule, schedule, type Step } from "./schedule.ts";
export { type Operands, type Results, SIGNATURES, type Values } from "./signature.ts";
export type { HostTensor, Tensors } from "./tensors.ts";
