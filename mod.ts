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
export * from "./layers/blocks/attention.ts";
export * from "./dsl/net/combinators.ts";
export { attend, type AttendOptions, type AttendPlace } from "./layers/blocks/attend.ts";
export * from "./layers/bound/edit.ts";
export * from "./layers/bound/plan.ts";
export * from "./layers/bound/readings.ts";
export { type TransferOptions, transferWeights } from "./dsl/edit/transfer.ts";
export type { DeviceState, Engine, NonFinite, Program, RunResult } from "./dsl/engines/engine.ts";
export type { HostTensor, Tensors } from "./dsl/graph/tensors.ts";
export { foldMap, foldPlan, type Leaf, leaves, type PlanAlgebra } from "./dsl/plan/fold.ts";
export { GraphBuilder, type SingleOp } from "./dsl/graph/builder.ts";
export { dump } from "./dsl/graph/dump.ts";
export type { Graph, Node, Port, StateSlot, ValueId } from "./dsl/graph/graph.ts";
export { lower, type Observer, parameterPath } from "./dsl/programs/lower.ts";
export type { Operands, Results } from "./dsl/graph/signature.ts";
export { type InitialOptions, initialParameters, initialState } from "./dsl/programs/initial.ts";
export {
  type AnyStart,
  dirac,
  normal,
  ones,
  type Start,
  type StartOptions,
  type StartSite,
  whitening,
  zeros,
} from "./dsl/programs/initializers.ts";
export type * from "./dsl/graph/op.ts";
export type { Options, OptionValue, Recorded } from "./dsl/programs/meaning.ts";
export type { Figure, Loss } from "./dsl/programs/losses/loss.ts";
export * from "./dsl/programs/losses/losses.ts";
export { type Key, normals, uniforms } from "./dsl/programs/random.ts";
export {
  type EachParameter,
  eachParameter,
  type Optimizer,
  type OptimizerStep,
  type Trained,
  type TrainedAlone,
} from "./dsl/programs/optimizers/optimizer.ts";
export * from "./dsl/programs/optimizers/optimizers.ts";
export type * from "./dsl/programs/optimizers/options.ts";
export {
  constant,
  cosine,
  learningRate,
  linear,
  oneCycle,
  points,
  type Schedule,
  type ScheduleName,
  SCHEDULES,
  type ScheduleStep,
  steps,
  warmup,
} from "./dsl/programs/schedule.ts";
export {
  inference,
  probe,
  sensitivity,
  type SensitivityOptions,
  type Tap,
} from "./dsl/programs/inference.ts";
export { type TrainingOptions, trainingStep } from "./dsl/programs/training_step.ts";
export {
  type Convention,
  type ConventionName,
  CONVENTIONS,
  countOperations,
} from "./dsl/interpreters/counts/convention.ts";
export { cost } from "./dsl/interpreters/counts/cost.ts";
export { depth } from "./dsl/interpreters/counts/depth.ts";
export {
  diagram,
  type DiagramFormat,
  type DiagramOptions,
} from "./dsl/interpreters/diagram/diagram.ts";
export type { FoldOptions } from "./dsl/interpreters/diagram/fold.ts";
export { diff } from "./dsl/interpreters/diff/diff.ts";
export type * from "./dsl/interpreters/diff/value.ts";
export { type MemoryUse, memoryUse } from "./dsl/interpreters/counts/memory.ts";
export { type ParameterCounts, params } from "./dsl/interpreters/counts/params.ts";
export { type NamedParameter, parametersOf } from "./dsl/plan/parameters.ts";
export { receptiveFields } from "./dsl/interpreters/counts/receptive_field.ts";
export {
  type LayerSummary,
  type Sizes,
  summarize,
  type SummarizeOptions,
  type Summary,
} from "./dsl/interpreters/summary/summary.ts";
export type { SummaryColumn } from "./dsl/interpreters/summary/columns.ts";
export type { SummaryOptions } from "./dsl/interpreters/summary/rows.ts";
export {
  type TrainingCost,
  trainingCost,
  type TrainingNeeds,
  trainingNeeds,
} from "./dsl/interpreters/counts/training_cost.ts";
export { toJSON } from "./dsl/net/json.ts";
export type { Field, FieldFault } from "./dsl/plan/configuration.ts";
export type * from "./dsl/plan/facets.ts";
export type { Fault } from "./dsl/plan/fault.ts";
export * from "./dsl/plan/fields.ts";
export { type Language, language, type Using } from "./dsl/plan/language.ts";
export {
  type AnyMergeRule,
  type ForkSite,
  type MergeRule,
  mergeRule,
  sameShapes,
} from "./dsl/plan/merge_rule.ts";
export {
  type AnyLayerRule,
  type Cost,
  type Initializer,
  type LayerRule,
  type LayerSite,
  type Meaning,
  type Mode,
  type OwnLayerRule,
  type Parameter,
  type ParameterRole,
  pointwise,
  rule,
  type ShapeReport,
} from "./dsl/plan/rule.ts";
export {
  type ChainNet,
  type Configuration,
  equal,
  type ForkNet,
  layer,
  type LayerNet,
  type Merge,
  type NamedNet,
  type Net,
  type Numbering,
} from "./dsl/net/net.ts";
export type { ChainPlan, ForkPlan, LayerPlan, NamedPlan, Plan, Planned } from "./dsl/plan/plan.ts";
export { concatAll, type Monoid, struct, SUM } from "./dsl/problem/monoid.ts";
export type { Problem, Step, Way } from "./dsl/problem/problem.ts";
export { orThrow, ProblemError } from "./dsl/problem/throw.ts";
export { renderProblems } from "./dsl/problem/render.ts";
export type { Either, Left, Result, Right } from "./dsl/problem/result.ts";
export { type LayerWidth, narrower, ratio, type Shape, type Width } from "./dsl/net/shape.ts";
export { bam, type BamOptions } from "./layers/blocks/bam.ts";
export { cbam, type CbamOptions } from "./layers/blocks/cbam.ts";
export { convnextBlock, type ConvnextBlockOptions } from "./layers/blocks/convnext_block.ts";
export { coordinateAttention } from "./layers/blocks/coordinate_attention.ts";
export { denseBlock, type DenseBlockOptions } from "./layers/blocks/dense_block.ts";
export { eca, type EcaOptions } from "./layers/blocks/eca.ts";
export {
  invertedResidual,
  type InvertedResidualOptions,
} from "./layers/blocks/inverted_residual.ts";
export { separable, type SeparableOptions } from "./layers/blocks/separable.ts";
export { squeezeExcite, type SqueezeExciteOptions } from "./layers/blocks/squeeze_excite.ts";
export * from "./layers/blocks/units.ts";
export { isLayer, type Layer, type LayerType, standard } from "./layers/table.ts";
