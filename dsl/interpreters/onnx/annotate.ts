/** The type and shape of every value between inputs and outputs, so that a reader can show them. */
import type { TensorShape } from "../../graph/op.ts";
import type { OnnxModel, OnnxNode, OnnxValue } from "./model.ts";

type Element = OnnxValue["type"];

/** The name of a batch of any size. */
export const BATCH = "batch";

/**
 * The model with its values described.
 *
 * @param shapes The shapes of the values that nodes define, by name.
 */
export function withValues(model: OnnxModel, shapes: ReadonlyMap<string, TensorShape>): OnnxModel {
  const types = typesOf(model);
  const results = new Set(model.outputs.map(({ name }) => name));
  const values = model.nodes.flatMap(({ outputs }) => outputs)
    .filter((name) => name !== "" && !results.has(name))
    .map((name): OnnxValue => {
      return { name, type: types.get(name) ?? "float", shape: shapes.get(name) ?? [] };
    });
  return { ...model, values };
}

function typesOf(model: OnnxModel): ReadonlyMap<string, Element> {
  const types = new Map<string, Element>(model.inputs.map(({ name, type }) => [name, type]));
  for (const [name, { type }] of model.constants) types.set(name, type);
  for (const node of model.nodes) {
    node.outputs.forEach((name, i) => types.set(name, resultType(node, i, types)));
  }
  return types;
}

function resultType(
  { type, inputs, attributes }: OnnxNode,
  result: number,
  types: ReadonlyMap<string, Element>,
): Element {
  const [first = ""] = inputs;
  switch (type) {
    case "ArgMax":
    case "Shape":
      return "int64";
    case "MaxPool":
      return result === 0 ? "float" : "int64";
    case "Equal":
    case "Greater":
    case "GreaterOrEqual":
    case "Less":
    case "LessOrEqual":
      return "bool";
    case "Cast": {
      const { to } = attributes;
      return to?.kind === "int" && to.value === 1 ? "float" : "int64";
    }
    case "ConstantOfShape":
      return "float";
    default:
      return types.get(first) ?? "float";
  }
}

/**
 * The model for a batch of any size: every value that depends on an input has
 * the batch in front, and is given its name there.
 */
export function withAnyBatch(model: OnnxModel): OnnxModel {
  const perImage = new Set(model.inputs.map(({ name }) => name));
  for (const { inputs, outputs } of model.nodes) {
    if (inputs.some((name) => perImage.has(name))) outputs.forEach((name) => perImage.add(name));
  }
  const open = (value: OnnxValue): OnnxValue =>
    perImage.has(value.name) ? { ...value, shape: [BATCH, ...value.shape.slice(1)] } : value;
  return {
    ...model,
    inputs: model.inputs.map(open),
    outputs: model.outputs.map(open),
    values: model.values.map(open),
  };
}
