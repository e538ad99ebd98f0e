/**
 * Networks as graph models for plain TensorFlow.js, which `tf.loadGraphModel`
 * loads in Deno, Node and browsers. Nothing of TensorFlow.js is loaded to
 * write one.
 */
import project from "../../../deno.json" with { type: "json" };
import { settled } from "../../graph/settled.ts";
import { checkArgument, type Tensors } from "../../graph/tensors.ts";
import { toJSON } from "../../net/json.ts";
import type { Net } from "../../net/net.ts";
import { leaves } from "../../plan/fold.ts";
import type { Plan } from "../../plan/plan.ts";
import { BOOLEAN, expected, optionsOf } from "../../problem/expect.ts";
import type { Problem } from "../../problem/problem.ts";
import { left, type Result, right } from "../../problem/result.ts";
import type { Options } from "../../programs/meaning.ts";
import { missingParameters } from "../../programs/missing.ts";
import { inference } from "../../programs/inference.ts";
import { cost } from "../counts/cost.ts";
import { params } from "../counts/params.ts";
import { forAnyBatch } from "./any_batch.ts";
import { emit, withoutOperator } from "./emit.ts";
import { encode } from "./encode.ts";
import { kernelsOf, type TfModel } from "./model.ts";

/** Options of {@link toTfjs}. */
export interface TfjsExportOptions {
  /** The network, which the model then holds as JSON. */
  readonly net?: Net;
  /** The names of the classes, in the order of the logits. */
  readonly classes?: readonly string[];
  /** The paper or page to cite. */
  readonly citation?: string;
  /** More keys and values for the model's metadata. */
  readonly metadata?: Options;
  /** Images that a run is fed: any number, which is the default, or always this one. */
  readonly batch?: number | "dynamic";
  /** Whether kernels are stored as float16, in half the room; not by default. */
  readonly half?: boolean;
}

const UNSAID = {
  net: undefined,
  classes: undefined,
  citation: undefined,
  metadata: {},
  batch: "dynamic",
  half: false,
} as const;

/**
 * The files, by name, of a model that plain TensorFlow.js loads with
 * `tf.loadGraphModel`: `model.json`, and weights in shards of 4 MB. Its input
 * `images` of `[batch, height, width, channels]` gives `logits` of
 * `[batch, classes]`. Batch norms are folded into the convolutions before
 * them, and biases and rectifiers are part of the convolution. Nodes and
 * weights are named by the layers' paths; `model.metadata` holds what the
 * options say. Fails when a parameter is missing or has another shape, and
 * where TensorFlow has no operator for what a layer does.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { initialParameters, orThrow, plan } from "@netfold/netfold";
 * import { attention20 } from "@netfold/netfold/nets";
 * import { toTfjs } from "@netfold/netfold/tfjs";
 *
 * const net = attention20();
 * const planned = orThrow(plan(net, [32, 32, 3]));
 * const files = orThrow(toTfjs(planned, initialParameters(planned, 0), { net }));
 * assertEquals([...files.keys()], ["model.json", "group1-shard1of1.bin"]);
 * ```
 */
export function toTfjs(
  plan: Plan,
  parameters: Tensors,
  options: TfjsExportOptions = {},
): Result<ReadonlyMap<string, Uint8Array<ArrayBuffer>>> {
  checkArgument(parameters, "parameters", "export");
  const { batch, half } = optionsOf(options, UNSAID);
  expected(half, BOOLEAN, "half");
  const problems = [
    ...missingParameters(plan, parameters),
    ...(batch === "dynamic" || Number.isInteger(batch) && batch > 0 ? [] : [unfitBatch(batch)]),
  ];
  if (problems.length > 0) return left(problems);
  const foreign = foreignTo(plan);
  if (foreign.length > 0) return left(foreign);
  const written = (size: number): TfModel => {
    const { graph, weights } = settled(inference(plan, size), parameters);
    return emit(graph, weights);
  };
  const model = batch === "dynamic" ? forAnyBatch(written) : right(written(batch));
  if (model._tag === "Left") return model;
  const beyond = half ? beyondHalf(model.right) : [];
  if (beyond.length > 0) return left(beyond);
  const generatedBy = `netfold ${project.version}`;
  return right(encode(model.right, { generatedBy, metadata: metadataOf(plan, options) }, half));
}

function metadataOf(
  plan: Plan,
  { net, classes, citation, metadata = {} }: TfjsExportOptions,
): Options {
  return {
    "netfold.version": project.version,
    ...(net === undefined ? {} : { "netfold.net": toJSON(net) }),
    macs: cost(plan).macs,
    parameters: params(plan).trainable,
    ...(citation === undefined ? {} : { citation }),
    ...(classes === undefined ? {} : { classes }),
    ...metadata,
  };
}

function unfitBatch(batch: unknown): Problem {
  return {
    path: "batch",
    layer: "toTfjs()",
    code: "option-unfit",
    rule: "an option must be one of those that there are",
    got: JSON.stringify(batch) ?? "undefined",
    wanted: 'a whole number from 1, or "dynamic"',
    hint: "see TfjsExportOptions",
  };
}

/** The layers for which TensorFlow has no operators. */
function foreignTo(plan: Plan): readonly Problem[] {
  const types = new Map(
    leaves(plan).map((leaf) => {
      return [leaf.path, leaf.kind === "layer" ? leaf.layer.type : leaf.merge] as const;
    }),
  );
  return withoutOperator(inference(plan, 1)).map(({ op, origin }): Problem => ({
    path: origin,
    layer: types.get(origin) ?? op.op,
    code: "no-operator",
    rule: "TensorFlow.js must have an operator for what a layer does",
    got: `the operation ${op.op}`,
    wanted: "operations of inference, and transposed convolutions without dilation",
    hint: "export the network to ONNX, or leave the layer out",
  }));
}

/** The largest float16. */
const LARGEST_HALF = 65504;

/** Weights that float16 cannot hold. */
function beyondHalf(model: TfModel): readonly Problem[] {
  return [...kernelsOf(model)].flatMap((path): readonly Problem[] => {
    const beyond = model.constants.get(path)?.data.find((x) => !(Math.abs(x) <= LARGEST_HALF));
    return beyond === undefined ? [] : [{
      path,
      layer: "parameter",
      code: "beyond-float16",
      rule: "what is stored as float16 must be within its range",
      got: `${beyond}`,
      wanted: `at most ${LARGEST_HALF} either way`,
      hint: "store the weights as float32",
    }];
  });
}
