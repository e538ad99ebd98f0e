/**
 * Networks as ONNX files for other programs: the inference network in ONNX's
 * own operators, or a training step as one model. Nothing of ONNX Runtime is
 * loaded to write one.
 */
import { expected, OPTIONS, optionsOf } from "../../problem/expect.ts";
import { defined } from "../../problem/defined.ts";
import project from "../../../deno.json" with { type: "json" };
import { inference } from "../../programs/inference.ts";
import { type TrainingOptions, trainingStep } from "../../programs/training_step.ts";
import { missingParameters } from "../../programs/missing.ts";
import { cost } from "../counts/cost.ts";
import { params } from "../counts/params.ts";
import { toJSON } from "../../net/json.ts";
import type { Net } from "../../net/net.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Problem } from "../../problem/problem.ts";
import { left, type Result, right } from "../../problem/result.ts";
import { checkArgument, type Tensors } from "../../graph/tensors.ts";
import { forAnyBatch } from "./any_batch.ts";
import { emit } from "./emit.ts";
import { encode } from "./encode.ts";
import type { OnnxModel } from "./model.ts";
import { readable } from "./readable.ts";
import { settled } from "../../graph/settled.ts";
import { toOnnxOrder } from "./layout.ts";

/** The order of an image's axes: channels before rows and columns, or behind. */
export type OnnxLayout = "nchw" | "nhwc";

/** What an ONNX file says of itself. */
export interface OnnxDescription {
  /** The network's name; `network` by default. */
  readonly name?: string;
  /** The network, which the file then holds as JSON. */
  readonly net?: Net;
  /** The names of the classes, in the order of the logits. */
  readonly classes?: readonly string[];
  /** The paper or page to cite. */
  readonly citation?: string;
  /** More keys and values for the file's metadata. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Options of {@link toOnnx}. */
export interface OnnxExportOptions extends OnnxDescription {
  /** Images that a run is fed: any number, which is the default, or always this one. */
  readonly batch?: number | "dynamic";
  /** The order of the axes of `images`; `nchw` by default. */
  readonly layout?: OnnxLayout;
}

const DESCRIBED = {
  name: undefined,
  net: undefined,
  classes: undefined,
  citation: undefined,
  metadata: undefined,
  layout: "nchw",
} as const;

/**
 * An `.onnx` file of a network that answers: `images` of `[batch, channels,
 * height, width]` give `logits` of `[batch, classes]`. Batch norms are folded
 * into the convolutions before them, and the rest are a factor and a summand
 * for each channel. It holds ONNX's own operators alone (opset 17); nodes,
 * values and weights are named by the layers' paths, and every value has its
 * shape. Fails when a parameter is missing or has another shape.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { initialParameters, orThrow, plan } from "@netfold/netfold";
 * import { attention20 } from "@netfold/netfold/nets";
 * import { toOnnx } from "@netfold/netfold/onnx";
 *
 * const net = attention20();
 * const planned = orThrow(plan(net, [32, 32, 3]));
 * const file = orThrow(toOnnx(planned, initialParameters(planned, 0), { net }));
 * assert(file.length > 600_000);
 * ```
 */
export function toOnnx(
  plan: Plan,
  parameters: Tensors,
  options: OnnxExportOptions = {},
): Result<Uint8Array<ArrayBuffer>> {
  checkArgument(parameters, "parameters", "export");
  const { batch, layout } = optionsOf(options, { ...DESCRIBED, batch: "dynamic" });
  const problems = [...missingParameters(plan, parameters), ...unfit(options)];
  if (problems.length > 0) return left(problems);
  const written = (size: number): OnnxModel => {
    const { graph, weights } = settled(inference(plan, size), parameters);
    const numbers = [...weights].map(([name, { shape, data }]) =>
      [name, toOnnxOrder(shape, data)] as const
    );
    const images = layout === "nchw" ? "map" : "plain";
    return emit(graph, { own: false, weights: new Map(numbers), images }).model;
  };
  const model = batch === "dynamic" ? forAnyBatch(written) : right(written(batch));
  if (model._tag === "Left") return model;
  return right(encode(describe(readable(model.right, true), plan, options)));
}

/** Options of {@link trainingStepToOnnx}. */
export interface OnnxTrainingOptions extends TrainingOptions, OnnxDescription {
  /** The order of the axes of `images`; `nchw` by default. */
  readonly layout?: OnnxLayout;
}

/**
 * An `.onnx` file of one training step, for ONNX Runtime, whose own operators
 * (domain `com.microsoft`) it uses. Inputs are `images`, `targets` of `[batch,
 * classes]`, the learning rate `rate`, for every dropout a mask whose entries
 * are 0 or 1 / (1 - its rate), and for every tensor of the state its value,
 * named as in weight files and with axes as there: kernels are `[height, width,
 * in, out]`. Outputs are `loss`, `accuracy`, `logits`, and for every tensor
 * that changes its new value with `.after` behind the name, which is what the
 * next step is fed. The metadata's `masks` holds the masks' rates as JSON.
 */
export function trainingStepToOnnx(
  plan: Plan,
  options: OnnxTrainingOptions,
): Uint8Array<ArrayBuffer> {
  const { layout = "nchw", metadata = {}, name, net, classes, citation, ...training } = expected(
    options,
    OPTIONS,
  );
  const described = defined({ layout, name, net, classes, citation });
  const emitted = emit(trainingStep(plan, training), {
    own: true,
    plainState: true,
    images: layout === "nchw" ? "map" : "plain",
  });
  const masks = Object.fromEntries(emitted.masks.map(({ name, op }) => [name, op.rate]));
  const named = { ...metadata, masks: JSON.stringify(masks) };
  return encode(describe(readable(emitted.model, false), plan, { ...described, metadata: named }));
}

function describe(
  model: OnnxModel,
  plan: Plan,
  options: OnnxDescription & { readonly layout?: OnnxLayout },
): OnnxModel {
  const { name = "network", net, classes, citation, metadata = {}, layout = "nchw" } = options;
  const origin = `${name}: the ${model.name} program of netfold ${project.version}.`;
  return {
    ...model,
    name,
    doc: citation === undefined ? origin : `${origin} ${citation}`,
    metadata: {
      "netfold.version": project.version,
      ...(net === undefined ? {} : { "netfold.net": toJSON(net) }),
      macs: `${cost(plan).macs}`,
      parameters: `${params(plan).trainable}`,
      ...(plan.input.length === 3 ? { layout } : {}),
      ...(classes === undefined ? {} : { classes: JSON.stringify(classes) }),
      ...metadata,
    },
  };
}

/** Options that a file cannot be written with, whoever gives them. */
function unfit({ batch = "dynamic", layout = "nchw" }: OnnxExportOptions): readonly Problem[] {
  const fault = (path: string, got: unknown, wanted: string): Problem => ({
    path,
    layer: "toOnnx()",
    code: "option-unfit",
    rule: "an option must be one of those that there are",
    got: JSON.stringify(got) ?? "undefined",
    wanted,
    hint: "see OnnxExportOptions",
  });
  const counts = batch === "dynamic" || (Number.isInteger(batch) && batch > 0);
  return [
    ...(counts ? [] : [fault("batch", batch, 'a whole number from 1, or "dynamic"')]),
    ...(["nchw", "nhwc"].includes(layout) ? [] : [fault("layout", layout, '"nchw" or "nhwc"')]),
  ];
}
