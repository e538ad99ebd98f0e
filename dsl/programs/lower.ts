/** Lowering: a plan becomes the forward part of a tensor program. */
import { judged, type Leaf } from "../plan/fold.ts";
import { sameShape, showShape } from "../net/shape.ts";
import { expectAll, FUNCTION, misfit, oneOf, TEXT } from "../problem/expect.ts";
import { show } from "../problem/show.ts";
import { ProblemError } from "../problem/throw.ts";
import type { Mode } from "../plan/rule.ts";
import type { LayerPlan, Plan } from "../plan/plan.ts";
import { type GraphBuilder, judgedBuilder } from "../graph/builder.ts";
import type { ValueId } from "../graph/graph.ts";

/** The name of a parameter's tensor: the layer's path, a dot, the parameter's name. */
export function parameterPath(path: string, name: string): string {
  expectAll({ path: [path, TEXT], name: [name, TEXT] });
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
  expectAll({ mode: [mode, oneOf(["training", "inference"])], observe: [observe, FUNCTION] });
  const [, ...shape] = judgedBuilder(graph).shapeOf(input);
  const wanted = judged(plan).input;
  if (!sameShape(shape, wanted)) {
    throw misfit(
      "a network is lowered on an input of its plan's shape, the batch in front",
      showShape(shape),
      showShape(wanted),
    );
  }
  let draws = 0;
  const updated = new Map<string, ValueId>();
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
        return lowered(graph, plan, plan.meaning.lower(graph, branches));
      }
    }
  };
  const visitLayer = (plan: LayerPlan, input: ValueId): ValueId => {
    const { meaning, path, home = path, parameters, frozen, ...shapes } = plan;
    graph.at(path);
    const parameter = (name: string): ValueId => {
      const found = parameters.find((parameter) => parameter.name === name);
      if (found === undefined) {
        throw misfit(
          `layer ${path} has no such parameter`,
          name,
          parameters.map(({ name }) => name).join(", "),
        );
      }
      const full = parameterPath(home, name);
      // At the second place of a shared part statistics go on from those of the first.
      return updated.get(full) ?? graph.state(full, found.shape);
    };
    const value = meaning.lower({
      graph,
      mode,
      frozen,
      input,
      inputShape: shapes.input,
      outputShape: shapes.output,
      parameter,
      update: (name, value) => {
        const full = parameterPath(home, name);
        updated.set(full, value);
        graph.update(full, value);
      },
      seed: () => graph.input("seed", []),
      salt: () => draws++,
    });
    return lowered(graph, plan, value);
  };
  return visit(plan, input);
}

/** What a rule's lowering gave, once it is a value of the shape that the rule's `shape` says. */
function lowered(graph: GraphBuilder, leaf: Leaf, value: unknown): ValueId {
  const isValue = typeof value === "number" && graph.has(value);
  const [batch, ...shape] = isValue ? graph.shapeOf(value) : [];
  if (isValue && batch !== undefined && sameShape(shape, leaf.output)) return value;
  throw new ProblemError([{
    path: leaf.path,
    layer: leaf.kind === "layer" ? leaf.layer.type : leaf.merge,
    code: "lowering-does-not-fit",
    rule: "the operations of a rule must give the shape that it says",
    got: isValue ? `[${graph.shapeOf(value).join(", ")}], the batch first` : show(value),
    wanted: `[batch, ${leaf.output.join(", ")}]`,
    hint: "let `shape` and `lower` of the rule say the same, and return the value",
  }]);
}
