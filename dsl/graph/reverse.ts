/**
 * Reverse mode, as a transformation of the tensor program: given a value, adds
 * the operations that compute its gradient with respect to other values. Each
 * operation's rule is written once, in terms of operations, so every engine
 * that runs the forward program can train.
 */
import { sameShape } from "../net/shape.ts";
import { expected, listOf, misfit, WHOLE } from "../problem/expect.ts";
import { add } from "./arithmetic.ts";
import { type GraphBuilder, judgedBuilder } from "./builder.ts";
import type { Node, ValueId } from "./graph.ts";
import { pullBack } from "./pullback.ts";

const VALUES = /* @__PURE__ */ listOf(WHOLE, "a list of values of the program");

/**
 * Adds the gradient of `of` with respect to each of `wrt`. Where `of` is not a
 * scalar, it is the gradient of the sum of its entries, each times its entry of
 * `seed`, which are ones unless told otherwise.
 *
 * @throws {ProblemError} When `of` depends on a value only through an operation
 * that has no gradient, or the seed has another shape.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dump, gradients, GraphBuilder } from "@netfold/netfold/graph";
 *
 * const graph = new GraphBuilder();
 * const x = graph.input("x", [2]);
 * const y = graph.apply({ op: "exp" }, [x]);
 * const slope = gradients(graph, y, [x]).get(x) ?? NaN;
 * assertEquals(
 *   dump(graph.finish("slope", [{ name: "slope", value: slope }])).split("\n").at(-3),
 *   "  %3 [2] = multiply(%2, %1)",
 * );
 * ```
 */
export function gradients(
  graph: GraphBuilder,
  of: ValueId,
  wrt: readonly ValueId[],
  seed: ValueId = judgedBuilder(graph).constant(1, graph.shapeOf(of)),
): ReadonlyMap<ValueId, ValueId> {
  const [wanted, got] = [judgedBuilder(graph).shapeOf(of), graph.shapeOf(seed)];
  if (!sameShape(got, wanted)) {
    const shapes = [got, wanted].map((shape) => `[${shape.join(", ")}]`);
    throw misfit(
      "The seed of a gradient must have its value's shape",
      shapes.join(" against "),
      "one shape",
    );
  }
  expected(wrt, VALUES);
  const forward = [...graph.nodes];
  const active = activeValues(forward, wrt);
  const flowing = new Map<ValueId, ValueId>([[of, seed]]);
  for (const node of forward.toReversed()) {
    const arriving = node.results.map((result) => flowing.get(result));
    if (arriving.every((gradient) => gradient === undefined)) continue;
    if (!node.inputs.some((input) => active.has(input))) continue;
    graph.at(node.origin);
    const wanted = (i: number) => active.has(node.inputs[i] ?? NaN);
    pullBack(graph, node, arriving, wanted).forEach((gradient, i) => {
      const input = node.inputs[i];
      if (gradient === undefined || input === undefined) return;
      const before = flowing.get(input);
      flowing.set(input, before === undefined ? gradient : add(graph, before, gradient));
    });
  }
  return new Map(wrt.map((value) => {
    return [value, flowing.get(value) ?? graph.constant(0, graph.shapeOf(value))];
  }));
}

/** Every value that depends on one of `wrt`. */
function activeValues(nodes: readonly Node[], wrt: readonly ValueId[]): ReadonlySet<ValueId> {
  const active = new Set(wrt);
  for (const node of nodes) {
    if (node.inputs.some((input) => active.has(input))) {
      for (const result of node.results) active.add(result);
    }
  }
  return active;
}
