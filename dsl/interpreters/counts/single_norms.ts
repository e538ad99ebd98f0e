/** Batch norms that see a single number for each channel, in which training can teach nothing. */
import { sizeOf } from "../../net/shape.ts";
import { leaves, parametersAt } from "../../plan/fold.ts";
import type { Plan } from "../../plan/plan.ts";

/** What is wrong with such a layer. */
export const SINGLE_NORM =
  "a batch norm sees one number for each channel, a 1x1 map in batches of 1; its mean is that " +
  "number, and 0 comes out whatever goes in. Use larger batches or maps";

/** The paths of layers that make running statistics of a single number for each channel. */
export function singleNorms(plan: Plan, batch: number): readonly string[] {
  return leaves(plan).filter((leaf) =>
    batch * sizeOf(leaf.input.slice(0, -1)) === 1 &&
    parametersAt(leaf).some(({ role, frozen }) => role === "running-variance" && frozen !== true)
  ).map(({ path }) => path);
}
