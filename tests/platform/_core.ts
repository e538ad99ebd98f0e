/** What the core computes, as one text that must be the same wherever it runs. */
import {
  attend,
  cost,
  depth,
  equal,
  freeze,
  fromJSON,
  inference,
  initialParameters,
  orThrow,
  params,
  plan,
  renderProblems,
  summary,
  toJSON,
  trainingStep,
} from "../../mod.ts";
import { conv } from "../../layers/mod.ts";
import { attention56, network } from "../../nets/mod.ts";

/** Counts, problems, text and programs of Attention-56, as JSON. */
export function coreReport(): string {
  const net = attention56({ classes: 10 });
  const planned = orThrow(plan(net, [32, 32, 3]));
  const refused = plan(conv(30, { groups: 4 }), [8, 8, 4]);
  const missing = network("cifar/atention-56");
  const frozen = orThrow(plan(orThrow(freeze(net, "stage1")), [32, 32, 3]));
  const attended = orThrow(attend(net, { depth: 1, path: "stem" }));
  const kernel = initialParameters(planned, 7).get("stem.kernel")?.data;
  return JSON.stringify({
    counts: params(planned),
    cost: cost(planned),
    depth: depth(planned),
    roundTrip: equal(orThrow(fromJSON(toJSON(net))), net),
    summary: summary(net, [32, 32, 3]),
    problems: refused._tag === "Left" ? renderProblems(refused.left) : "",
    meant: missing._tag === "Left" ? missing.left[0]?.hint : "",
    frozen: params(frozen),
    attended: params(orThrow(plan(attended, [32, 32, 3]))),
    answers: inference(planned, 1).nodes.length,
    trains: trainingStep(planned, { batch: 2, optimizer: { kind: "sgd" } }).nodes.length,
    initial: Array.from(kernel?.subarray(0, 8) ?? []),
  });
}
