/**
 * netfold: convolutional networks as pure values, first of all Residual
 * Attention Networks. Describe a network with combinators, plan it for an
 * input, and fold it into what you need: shapes, parameter counts, MACs and
 * FLOPs, a summary, a tensor program. Importing this module loads no tensor
 * library and asks for no permission.
 *
 * @example Count and print a network
 * ```ts
 * import { arl, chain, hourglass, mask, preactivation, repeat, summary } from "@netfold/netfold";
 * import { conv, dense, globalAveragePool } from "@netfold/netfold/layers";
 *
 * const unit = preactivation({ bottleneck: 4 });
 * const attention = arl(repeat(2, unit), mask(hourglass({ depth: 3, r: 1, unit })));
 * const net = chain(conv(64, { kernel: 3 }), attention, globalAveragePool(), dense(10));
 * console.log(summary(net, [32, 32, 3]));
 * ```
 *
 * @module
 */
export * from "./dsl/attention.ts";
export * from "./dsl/combinators.ts";
export { attend, type AttendOptions } from "./dsl/edit/attend.ts";
export { insertAfter, insertBefore, mapLayers, remove, replace } from "./dsl/edit/change.ts";
export { find, paths } from "./dsl/edit/find.ts";
export { freeze, unfreeze } from "./dsl/edit/freeze.ts";
export { cutHead, withClasses } from "./dsl/edit/head.ts";
export type {
  DeviceState,
  Engine,
  HostTensor,
  NonFinite,
  Program,
  RunResult,
  Tensors,
} from "./dsl/engines/engine.ts";
export { foldPlan, type Leaf, leaves, type PlanAlgebra } from "./dsl/fold.ts";
export { dump } from "./dsl/graph/dump.ts";
export type { Graph, Node, Port, StateSlot, ValueId } from "./dsl/graph/graph.ts";
export { initialParameters, initialState } from "./dsl/graph/initial.ts";
export type * from "./dsl/graph/op.ts";
export type {
  AdamWOptions,
  DecayScope,
  OptimizerOptions,
  SgdOptions,
} from "./dsl/graph/optimizer.ts";
export {
  inference,
  probe,
  type Tap,
  type TrainingOptions,
  trainingStep,
} from "./dsl/graph/programs.ts";
export {
  type Convention,
  type ConventionName,
  CONVENTIONS,
  countOperations,
} from "./dsl/interpreters/convention.ts";
export { cost } from "./dsl/interpreters/cost.ts";
export { depth } from "./dsl/interpreters/depth.ts";
export { diagram, type DiagramFormat, type DiagramOptions } from "./dsl/interpreters/diagram.ts";
export { toDot } from "./dsl/interpreters/diagram_dot.ts";
export { diagramOf, type FoldOptions } from "./dsl/interpreters/diagram_fold.ts";
export { toMermaid } from "./dsl/interpreters/diagram_mermaid.ts";
export { toSvg } from "./dsl/interpreters/diagram_svg.ts";
export {
  boxesOf,
  type BoxKind,
  type Diagram,
  type DiagramBox,
  type DiagramEdge,
  type DiagramGroup,
  type DiagramItem,
  type DiagramSplit,
} from "./dsl/interpreters/diagram_value.ts";
export { diff } from "./dsl/interpreters/diff.ts";
export { type DiffTextOptions, renderDiff } from "./dsl/interpreters/diff_text.ts";
export type * from "./dsl/interpreters/diff_value.ts";
export { type MemoryUse, memoryUse } from "./dsl/interpreters/memory.ts";
export {
  type NamedParameter,
  type ParameterCounts,
  parametersOf,
  params,
} from "./dsl/interpreters/params.ts";
export { receptiveFields } from "./dsl/interpreters/receptive_field.ts";
export {
  type LayerSummary,
  type Sizes,
  summarize,
  type SummarizeOptions,
  type Summary,
} from "./dsl/interpreters/summary.ts";
export { SUMMARY_COLUMNS, type SummaryColumn } from "./dsl/interpreters/summary_columns.ts";
export { summaryCsv } from "./dsl/interpreters/summary_csv.ts";
export { summaryMarkdown } from "./dsl/interpreters/summary_markdown.ts";
export { renderSummary, summary, type SummaryOptions } from "./dsl/interpreters/summary_text.ts";
export {
  type TrainingCost,
  trainingCost,
  type TrainingNeeds,
  trainingNeeds,
} from "./dsl/interpreters/training_cost.ts";
export { fromJSON, toJSON } from "./dsl/json.ts";
export type { Cost, Initializer, Parameter, ParameterRole } from "./dsl/layer.ts";
export {
  type ChainNet,
  equal,
  type ForkNet,
  layer,
  type LayerNet,
  type Merge,
  type NamedNet,
  type Net,
  type Numbering,
} from "./dsl/net.ts";
export {
  type ChainPlan,
  type ForkPlan,
  type LayerPlan,
  type NamedPlan,
  type Plan,
  plan,
  type Planned,
} from "./dsl/plan.ts";
export {
  orThrow,
  type Problem,
  ProblemError,
  renderProblems,
  type Step,
  type Way,
} from "./dsl/problem.ts";
export type { Either, Left, Result, Right } from "./dsl/result.ts";
export { ratio, type Shape, type Width } from "./dsl/shape.ts";
export * from "./dsl/units.ts";
export type { Layer, LayerType } from "./layers/table.ts";
