/** What an optimiser makes of the parameters of a network: in a program, or tried beforehand. */
import { GraphBuilder } from "../../graph/builder.ts";
import type { ValueId } from "../../graph/graph.ts";
import { isTrainable, parametersOf } from "../../plan/parameters.ts";
import type { Plan } from "../../plan/plan.ts";
import { left, type Result, right } from "../../problem/result.ts";
import { ProblemError } from "../../problem/throw.ts";
import { rateInput, type Schedule, type ScheduleName } from "../schedule.ts";
import { nextOf, type Optimizer, type Trained } from "./optimizer.ts";

/**
 * Adds the update of the trained parameters of a plan, by the input `rate` and one for each other
 * schedule; gives their next values.
 *
 * @throws {ProblemError} When the optimiser does not fit them.
 */
export function updateOf(
  graph: GraphBuilder,
  plan: Plan,
  optimizer: Optimizer,
  trained: readonly Trained[],
): readonly ValueId[] {
  const step = {
    graph,
    rate: graph.input("rate", []),
    rateOf: (own: Schedule | ScheduleName) => graph.input(rateInput(own), []),
    parameters: parametersOf(plan),
  };
  return nextOf(optimizer, step, trained);
}

/** What is wrong with an optimiser for a network, such as a group without parameters. */
export function checkUpdate(plan: Plan, optimizer: Optimizer): Result<unknown> {
  const graph = new GraphBuilder();
  const trained = parametersOf(plan).filter(isTrainable).map((parameter): Trained => ({
    parameter,
    value: graph.state(parameter.path, parameter.shape),
    gradient: graph.input(`gradient.${parameter.path}`, parameter.shape),
  }));
  try {
    return right(updateOf(graph, plan, optimizer, trained));
  } catch (error) {
    if (error instanceof ProblemError) return left(error.problems);
    throw error;
  }
}
