/**
 * An exported model as a person should see it: constants in the shapes in which
 * they are used, the type and shape of every value, and names for people. A
 * layer that became one node gives it its path; the nodes of any other layer
 * have the path and the operator, `stage1.unit1/Transpose`. A value has the
 * name of the node that defines it, but what leaves a layer is called by the
 * layer's path.
 */
import type { OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from "./model.ts";
import { unique } from "../../graph/settled.ts";

/**
 * The model as a person should see it; names of inputs, outputs and weights stay.
 *
 * @param forward Whether what a layer's last node gives is what leaves the layer: it is
 * unless the model holds gradients.
 */
export function readable(model: OnnxModel, forward: boolean): OnnxModel {
  return namedByPath(withValues(withoutUnused(withConstantsShaped(model))), forward);
}

/**
 * The model with constants in the shapes in which they are used, in place of
 * nodes that reshape them. The constant keeps its name; where several shapes of
 * it are used, the others have numbers behind theirs.
 */
function withConstantsShaped(model: OnnxModel): OnnxModel {
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

/** The model without inputs and constants that nothing reads. */
function withoutUnused(model: OnnxModel): OnnxModel {
  const read = new Set(model.nodes.flatMap(({ inputs }) => inputs));
  return {
    ...model,
    inputs: model.inputs.filter(({ name }) => read.has(name)),
    constants: new Map([...model.constants].filter(([name]) => read.has(name))),
  };
}

type Element = OnnxValue["type"];

/** The model with the type and shape of every value between inputs and outputs. */
function withValues(model: OnnxModel): OnnxModel {
  const types = typesOf(model);
  const results = new Set(model.outputs.map(({ name }) => name));
  const values = model.nodes.flatMap(({ outputs, shapes }) =>
    outputs.map((name, i): OnnxValue => {
      return { name, type: types.get(name) ?? "float", shape: shapes[i] ?? [] };
    })
  );
  return { ...model, values: values.filter(({ name }) => !results.has(name)) };
}

function typesOf(model: OnnxModel): ReadonlyMap<string, Element> {
  const types = new Map<string, Element>(model.inputs.map(({ name, type }) => [name, type]));
  for (const [name, { type }] of model.constants) types.set(name, type);
  for (const node of model.nodes) {
    node.outputs.forEach((name, i) =>
      types.set(name, RESULT_TYPES[node.type]?.[i] ?? types.get(node.inputs[0] ?? "") ?? "float")
    );
  }
  return types;
}

/** The types of results that are not of their first operand's. */
const RESULT_TYPES: Readonly<Record<string, readonly Element[]>> = {
  ArgMax: ["int64"],
  Cast: ["float"],
  ConstantOfShape: ["float"],
  Equal: ["bool"],
  Greater: ["bool"],
  MaxPool: ["float", "int64"],
  Shape: ["int64"],
};

/** What the operands of some operators are called in ONNX's own documents. */
const OPERANDS: Readonly<Record<string, readonly string[]>> = {
  BatchNormalization: ["X", "scale", "B", "mean", "variance"],
  Pad: ["data", "pads"],
  ReduceSum: ["data", "axes"],
  Reshape: ["data", "shape"],
  Resize: ["X", "roi", "scales", "sizes"],
  Slice: ["data", "starts", "ends", "axes", "steps"],
};

/** How constants are called that are no weights. */
const NAMELESS = /^constant\d+$/;

/**
 * The model with names by path; those of inputs, outputs and weights stay.
 *
 * @param forward Whether what a layer's last node gives is what leaves the layer: it is
 * unless the model holds gradients.
 */
function namedByPath(model: OnnxModel, forward: boolean): OnnxModel {
  const constants = new Map([...model.constants].filter(([name]) => !NAMELESS.test(name)));
  const fixed = [
    ...model.inputs.map(({ name }) => name),
    ...model.outputs.map(({ name }) => name),
    ...constants.keys(),
  ];
  const taken = new Set(fixed);
  const names = new Map(fixed.map((name) => [name, name]));
  const give = (old: string, wanted: string): string => {
    const name = names.get(old) ?? unique(wanted, taken);
    taken.add(name);
    names.set(old, name);
    return name;
  };
  const layers = Map.groupBy(model.nodes, ({ origin }) => origin);
  const nodeNames = new Set<string>();
  const nodes = model.nodes.map((node): OnnxNode => {
    const mates = layers.get(node.origin) ?? [];
    const long = node.origin === "" ? node.type : `${node.origin}/${node.type}`;
    const isResult = forward && node.origin !== "" && mates.at(-1) === node;
    const name = unique(isResult && mates.length === 1 ? node.origin : long, nodeNames);
    nodeNames.add(name);
    const inputs = node.inputs.map((input, i) => {
      const tensor = model.constants.get(input);
      if (tensor === undefined || !NAMELESS.test(input)) return names.get(input) ?? input;
      const wanted = `${name}.${OPERANDS[node.type]?.[i] ?? "constant"}`;
      // Whoever reads one layer should not be led to another for its constant.
      const constant = forward ? give(`${name} ${i}`, wanted) : give(input, wanted);
      constants.set(constant, tensor);
      return constant;
    });
    const outputs = node.outputs.map((output, i) => {
      return give(output, i > 0 ? `${name}:${i}` : isResult ? node.origin : name);
    });
    return { ...node, name, inputs, outputs };
  });
  const values = model.values.map((value) => ({
    ...value,
    name: names.get(value.name) ?? value.name,
  }));
  return { ...model, nodes, constants, values };
}
