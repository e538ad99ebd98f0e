/** The parameters of a planned network, by their full names. */
import { leaves, parametersAt } from "./fold.ts";
import type { Plan } from "./plan.ts";
import type { Parameter } from "./rule.ts";

/** Whether an optimiser changes a parameter. */
export function isTrainable({ role, frozen }: Parameter): boolean {
  return frozen !== true && role !== "running-mean" && role !== "running-variance";
}

/** Whether a parameter is a running statistic that moves while others are trained. */
export function isMoving(parameter: Parameter): boolean {
  return parameter.frozen !== true && !isTrainable(parameter);
}

/** A parameter with its full name, the key in every weight file. */
export interface NamedParameter extends Parameter {
  /** The layer's path, a dot, and the parameter's name. */
  readonly path: string;
}

/** Every parameter of a network by its full name, in the order of computation. */
export function parametersOf(plan: Plan): readonly NamedParameter[] {
  return leaves(plan).flatMap((leaf) =>
    parametersAt(leaf).map((parameter) => ({
      ...parameter,
      path: leaf.path === "" ? parameter.name : `${leaf.path}.${parameter.name}`,
    }))
  );
}
