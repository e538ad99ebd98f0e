/** Whether the parameters of a network are there, for what writes them down. */
import type { Tensors } from "../graph/tensors.ts";
import { sameShape } from "../net/shape.ts";
import { parametersOf } from "../plan/parameters.ts";
import type { Plan } from "../plan/plan.ts";
import type { Problem } from "../problem/problem.ts";

/** The parameters that are not there as the plan has them. */
export function missingParameters(plan: Plan, parameters: Tensors): readonly Problem[] {
  return parametersOf(plan).flatMap(({ path, shape }) => {
    const given = parameters.get(path);
    if (given !== undefined && sameShape(given.shape, shape)) return [];
    return [{
      path,
      layer: "parameter",
      code: "parameter-missing",
      rule: "every parameter of the network must be given",
      got: given === undefined ? "nothing" : `[${given.shape.join(", ")}]`,
      wanted: `[${shape.join(", ")}]`,
      hint: "give the weights of this very network",
    }];
  });
}
