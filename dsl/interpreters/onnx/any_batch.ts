/**
 * A model for batches of any size. It is written for two of them; sizes that
 * are not the same in both are those that depend on the batch.
 */
import { sameShape } from "../../net/shape.ts";
import type { Problem } from "../../problem/problem.ts";
import { left, type Result, right } from "../../problem/result.ts";
import type { Dimension, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from "./model.ts";

/** Two sizes of a batch, primes that no network's widths are likely to be multiples of. */
const SIZES = [13, 17] as const;

/** The name of a batch of any size. */
const BATCH = "batch";

/** The model for any batch, from what it is for one of a size; fails where a layer needs to know that size. */
export function forAnyBatch(write: (size: number) => OnnxModel): Result<OnnxModel> {
  const [one, other] = [write(SIZES[0]), write(SIZES[1])];
  const problems: Problem[] = [];
  const nodes = one.nodes.map((node, i): OnnxNode => {
    const twin = other.nodes[i];
    const shapes = node.shapes.map((shape, k) => openShape(shape, twin?.shapes[k] ?? []));
    const known = shapes.every((shape) => shape !== undefined);
    if (!known || !alike(node, twin)) problems.push(needsBatch(node));
    return known ? { ...node, shapes } : node;
  });
  const constants = new Map(one.constants);
  for (const [name, tensor] of one.constants) {
    const opened = openTensor(tensor, other.constants.get(name));
    if (opened === tensor) continue;
    const readers = nodes.filter(({ inputs }) => inputs.includes(name));
    // Where it reshapes, ONNX finds out one size by itself.
    const asked = readers.filter(({ type }) => opened === undefined || type !== "Reshape");
    problems.push(...asked.map(needsBatch));
    constants.set(name, opened ?? tensor);
  }
  if (problems.length > 0) return left(problems.slice(0, 1));
  const open = (values: readonly OnnxValue[], twins: readonly OnnxValue[]): readonly OnnxValue[] =>
    values.map((value, i) => {
      return { ...value, shape: openShape(value.shape, twins[i]?.shape ?? []) ?? value.shape };
    });
  return right({
    ...one,
    nodes,
    constants,
    inputs: open(one.inputs, other.inputs),
    outputs: open(one.outputs, other.outputs),
  });
}

/** Whether nodes are the same but for their sizes. */
function alike(a: OnnxNode, b: OnnxNode | undefined): boolean {
  const said = ({ type, inputs, attributes }: OnnxNode): string =>
    JSON.stringify([type, inputs, attributes]);
  return b !== undefined && said(a) === said(b);
}

/** The shape with the sizes that depend on the batch by name; nothing when one is no multiple of it. */
function openShape(
  a: readonly Dimension[],
  b: readonly Dimension[],
): readonly Dimension[] | undefined {
  const sizes = a.map((size, i): Dimension | undefined => {
    if (size === b[i]) return size;
    const times = Number(size) / SIZES[0];
    if (!Number.isInteger(times) || times * SIZES[1] !== b[i]) return undefined;
    return times === 1 ? BATCH : `${times}*${BATCH}`;
  });
  return a.length === b.length && sizes.every((size) => size !== undefined) ? sizes : undefined;
}

/** The constant, with -1 for the one entry that depends on the batch; nothing when more do. */
function openTensor(a: OnnxTensor, b: OnnxTensor | undefined): OnnxTensor | undefined {
  if (b === undefined || !sameShape(a.dims, b.dims)) return undefined;
  if (a.type === "float" || b.type === "float") {
    return a.type === b.type && a.data.every((x, i) => Object.is(x, b.data[i])) ? a : undefined;
  }
  const changing = [...a.data.keys()].filter((i) => a.data[i] !== b.data[i]);
  const [only = NaN] = changing;
  return changing.length === 0
    ? a
    : changing.length > 1
    ? undefined
    : { ...a, data: a.data.with(only, -1n) };
}

function needsBatch({ origin, type }: OnnxNode): Problem {
  return {
    path: origin,
    layer: "batch",
    code: "batch-needed",
    rule: "in a file for any number of images no layer may depend on their number",
    got: `${type} that differs between ${SIZES[0]} images and ${SIZES[1]}`,
    wanted: "the same operators on each image",
    hint: "write the file for a fixed number of images: toOnnx(..., { batch: 1 }), --batch 1",
  };
}
