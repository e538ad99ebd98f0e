/**
 * Names for people. A layer that became one node gives it its path; the nodes
 * of any other layer have the path and the operator, `stage1.unit1/Transpose`.
 * A value has the name of the node that defines it, but what leaves a layer is
 * called by the layer's path.
 */
import type { OnnxModel, OnnxNode } from "./model.ts";
import { unique } from "./settled.ts";

/** What the operands of some operators are called in ONNX's own documents. */
const OPERANDS: Readonly<Record<string, readonly string[]>> = {
  BatchNormalization: ["X", "scale", "B", "mean", "variance"],
  Pad: ["data", "pads"],
  ReduceSum: ["data", "axes"],
  Reshape: ["data", "shape"],
  Resize: ["X", "roi", "scales"],
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
export function namedByPath(model: OnnxModel, forward: boolean): OnnxModel {
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
      if (output === "") return "";
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
