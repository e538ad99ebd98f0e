/**
 * Counts that are exact: a network whose parameters, operations or numbers add up to more than a
 * whole number can be without rounding (2^53) is a problem, never a count that is a little wrong.
 */
import { grouped } from "../problem/digits.ts";
import { ProblemError } from "../problem/expect.ts";
import type { Problem } from "../problem/problem.ts";
import { sizeOf } from "../net/shape.ts";
import { leaves, parametersAt } from "./fold.ts";
import type { Plan } from "./plan.ts";

const MOST = Number.MAX_SAFE_INTEGER;

/** What a network's parts add up to. */
const COUNTS = ["numbers", "parameters", "MACs", "FLOPs"] as const;

/** The first layer or merge up to which something adds up to too much. */
export function uncountable(plan: Plan): Problem | undefined {
  const sums = { numbers: sizeOf(plan.input), parameters: 0, MACs: 0, FLOPs: 0 };
  const tooMany = () => COUNTS.find((what) => sums[what] > MOST);
  const atInput = tooMany();
  if (atInput !== undefined) return problem("", "input", atInput);
  for (const leaf of leaves(plan)) {
    sums.numbers += sizeOf(leaf.output);
    for (const { shape } of parametersAt(leaf)) sums.parameters += sizeOf(shape);
    sums.MACs += leaf.cost.macs;
    sums.FLOPs += leaf.cost.flops;
    const what = tooMany();
    if (what !== undefined) {
      return problem(leaf.path, leaf.kind === "layer" ? leaf.layer.type : leaf.merge, what);
    }
  }
  return undefined;
}

/**
 * A sum that follows from a network's, such as the cost of a batch.
 *
 * @throws {ProblemError} When it is not exact.
 */
export function counted(sum: number, what: string): number {
  if (!(sum > MOST)) return sum;
  throw new ProblemError([{ ...problem("", "network", what), hint: "use a smaller batch" }]);
}

function problem(path: string, layer: string, what: string): Problem {
  const most = `${grouped(MOST)} ${what}`;
  return {
    path,
    layer,
    code: "too-large",
    rule: "a network's counts must be exact",
    got: `more than ${most} up to here`,
    wanted: `at most ${most}`,
    hint: "use smaller maps, widths or kernels, or fewer parts",
  };
}
