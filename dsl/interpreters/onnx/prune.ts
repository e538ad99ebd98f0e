/** Leaving out of a model what a reader need not see. */
import { unique } from "./settled.ts";
import type { OnnxModel, OnnxNode, OnnxTensor } from "./model.ts";

/** The model without inputs and constants that nothing reads. */
export function withoutUnused(model: OnnxModel): OnnxModel {
  const read = new Set(model.nodes.flatMap(({ inputs }) => inputs));
  return {
    ...model,
    inputs: model.inputs.filter(({ name }) => read.has(name)),
    constants: new Map([...model.constants].filter(([name]) => read.has(name))),
  };
}

/**
 * The model with constants in the shapes in which they are used, in place of
 * nodes that reshape them. The constant keeps its name; where several shapes of
 * it are used, the others have numbers behind theirs.
 */
export function withConstantsShaped(model: OnnxModel): OnnxModel {
  const reshaped = new Map<string, string>();
  const constants = new Map(model.constants);
  const readers = new Map<string, number>();
  for (const name of model.nodes.flatMap(({ inputs }) => inputs)) {
    readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  const results = new Set(model.outputs.map(({ name }) => name));
  const nodes = model.nodes.flatMap((node): readonly OnnxNode[] => {
    const inputs = node.inputs.map((name) => reshaped.get(name) ?? name);
    const [source = "", to = ""] = inputs;
    const [tensor, shape] = [constants.get(source), constants.get(to)];
    const [result = ""] = node.outputs;
    if (
      node.type !== "Reshape" || tensor === undefined || shape?.type !== "int64" ||
      results.has(result)
    ) return [{ ...node, inputs }];
    const dims = Array.from(shape.data, Number);
    // Zero and minus one, which stand for other sizes, are for values of the run.
    if (dims.some((size) => size < 1)) return [{ ...node, inputs }];
    const name = readers.get(source) === 1 ? source : unique(source, constants);
    constants.set(name, { ...tensor, dims } satisfies OnnxTensor);
    reshaped.set(result, name);
    return [];
  });
  return { ...model, nodes, constants };
}
