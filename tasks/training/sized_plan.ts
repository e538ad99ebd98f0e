/** A network on images of another size than its own, with the same parameters. */
import { showShape } from "../../dsl/net/shape.ts";
import type { Net } from "../../dsl/net/net.ts";
import { type Using, usingOf } from "../../dsl/plan/language.ts";
import { parametersOf } from "../../dsl/plan/parameters.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { plan } from "../../layers/bound/plan.ts";
import type { Shape } from "../../dsl/net/shape.ts";
import { E, pipe, refused, type Result, right } from "../fp.ts";

/** A network in its language, and its plan for images of its own size. */
export interface Sized extends Using {
  readonly net: Net;
  readonly plan: Plan;
}

/** The plan for an input of another size, which the option at `path` asks for; its parameters must be the same. */
export function sizedPlan(own: Sized, input: Shape, path: string): Result<Plan> {
  const parameters = (planned: Plan) =>
    parametersOf(planned).map(({ path, shape }) => `${path} ${showShape(shape)}`).join("; ");
  return pipe(
    plan(own.net, input, usingOf(own)),
    E.flatMap((other) =>
      parameters(other) === parameters(own.plan) ? right(other) : refused(
        { path, layer: "option", code: "size-dependent-parameters" },
        {
          rule:
            "a network must have the same parameters on images of every size that it is used on",
          got: `other parameters on ${showShape(input)}`,
          wanted: "a network that ends in global pooling, say",
          hint: `leave ${path} out, or change the network's head`,
        },
      )
    ),
  );
}
