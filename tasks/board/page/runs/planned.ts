/** The network of a run, planned. */
import type { Plan } from "../../../../dsl/plan/plan.ts";
import type { Result } from "../../../../dsl/problem/result.ts";
import { netFromJson, plan } from "../../../../layers/bound/plan.ts";
import type { RunDetails } from "../../wire.ts";

/** What a run's network is for the run's input; problems when it is not in netfold's own language. */
export function plannedOf({ net, input }: RunDetails): Result<Plan> {
  const read = netFromJson(net);
  return read._tag === "Left" ? read : plan(read.right, input);
}
