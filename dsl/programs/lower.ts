/** Lowering: a plan becomes the forward part of a tensor program. */
import type { Mode } from "../plan/rule.ts";
import type { LayerPlan, Plan } from "../plan/plan.ts";
import type { GraphBuilder } from "../graph/builder.ts";
import type { ValueId } from "../graph/graph.ts";

/** The name of a parameter's tensor: the layer's path, a dot, the parameter's name. */
export function parameterPath(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** Sees what goes into a part and what comes out of it. */
export type Observer = (
  part: Plan,
  values: { readonly input: ValueId; readonly output: ValueId },
) => void;

/**
 * Adds the operations of `plan` applied to `input`, whose shape is the plan's with the batch in
 * front. An observer sees every part.
 */
export function lower(
  graph: GraphBuilder,
  plan: Plan,
  input: ValueId,
  mode: Mode,
  observe: Observer = () => {},
): ValueId {
  let draws = 0;
  const visit = (plan: Plan, input: ValueId): ValueId => {
    const output = visitPart(plan, input);
    observe(plan, { input, output });
    return output;
  };
  const visitPart = (plan: Plan, input: ValueId): ValueId => {
    switch (plan.kind) {
      case "layer":
        return visitLayer(plan, input);
      case "chain":
        return plan.parts.reduce((value, part) => visit(part, value), input);
      case "named":
        return visit(plan.body, input);
      case "fork": {
        const branches = plan.branches.map((branch) => visit(branch, input));
        graph.at(plan.path);
        return plan.meaning.lower(graph, branches);
      }
    }
  };
  const visitLayer = (
    { meaning, path, parameters, frozen, ...shapes }: LayerPlan,
    input: ValueId,
  ) => {
    graph.at(path);
    const parameter = (name: string): ValueId => {
      const found = parameters.find((parameter) => parameter.name === name);
      if (found === undefined) {
        throw new RangeError(`Layer ${path} has no parameter ${name}`);
      }
      return graph.state(parameterPath(path, name), found.shape);
    };
    return meaning.lower({
      graph,
      mode,
      frozen,
      input,
      inputShape: shapes.input,
      outputShape: shapes.output,
      parameter,
      update: (name, value) => graph.update(parameterPath(path, name), value),
      seed: () => graph.input("seed", []),
      salt: () => draws++,
    });
  };
  return visit(plan, input);
}
