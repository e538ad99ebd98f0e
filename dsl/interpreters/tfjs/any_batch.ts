/**
 * A graph for batches of any size. It is written for two of them; sizes that
 * are not the same in both are those that depend on the batch.
 */
import { sameShape } from "../../net/shape.ts";
import type { TensorShape } from "../../graph/op.ts";
import type { Problem } from "../../problem/problem.ts";
import { left, type Result, right } from "../../problem/result.ts";
import type { TfConstant, TfModel, TfNode, TfPort } from "./model.ts";

/** Two sizes of a batch, primes that no network's widths are likely to be multiples of. */
const SIZES = [13, 17] as const;

/** The graph for any batch, from what it is for one of a size; fails where a layer needs to know that size. */
export function forAnyBatch(write: (size: number) => TfModel): Result<TfModel> {
  const [one, other] = [write(SIZES[0]), write(SIZES[1])];
  const problems = one.nodes.filter((node, i) => !areAlike(node, other.nodes[i])).map(needsBatch);
  const constants = new Map(one.constants);
  for (const [name, constant] of one.constants) {
    const opened = openConstant(constant, other.constants.get(name));
    if (opened === constant) continue;
    const readers = one.nodes.filter(({ inputs }) => inputs.includes(name));
    // Where it reshapes, TensorFlow finds out one size by itself.
    const asked = readers.filter(({ op }) => opened === undefined || op !== "Reshape");
    problems.push(...asked.map(needsBatch));
    constants.set(name, opened ?? constant);
  }
  if (problems.length > 0) return left(problems.slice(0, 1));
  const open = (ports: readonly TfPort[], twins: readonly TfPort[]): readonly TfPort[] =>
    ports.map((port, i) => ({ ...port, shape: openShape(port.shape, twins[i]?.shape ?? []) }));
  return right({
    ...one,
    constants,
    inputs: open(one.inputs, other.inputs),
    outputs: open(one.outputs, other.outputs),
  });
}

function areAlike(a: TfNode, b: TfNode | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The shape with -1 for the sizes that depend on the batch. */
function openShape(a: TensorShape, b: TensorShape): TensorShape {
  return a.map((size, i) => size === b[i] ? size : -1);
}

/** The constant, with -1 for the one entry that depends on the batch; nothing when more do. */
function openConstant(a: TfConstant, b: TfConstant | undefined): TfConstant | undefined {
  if (b === undefined || !sameShape(a.shape, b.shape)) return undefined;
  const changing = [...a.data.keys()].filter((i) => !Object.is(a.data[i], b.data[i]));
  const [only] = changing;
  if (only === undefined) return a;
  return a.type === "int32" && changing.length === 1
    ? { ...a, data: a.data.with(only, -1) }
    : undefined;
}

function needsBatch({ origin, op }: TfNode): Problem {
  return {
    path: origin,
    layer: "batch",
    code: "batch-needed",
    rule: "in a model for any number of images no layer may depend on their number",
    got: `${op} that differs between ${SIZES[0]} images and ${SIZES[1]}`,
    wanted: "the same operators on each image",
    hint: "write the model for a fixed number of images: toTfjs(..., { batch: 1 }), --batch 1",
  };
}
