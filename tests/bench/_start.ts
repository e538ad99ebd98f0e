/** What every contender starts from: a network, its parameters and one batch. */
import type { Tensors } from "../../dsl/graph/tensors.ts";
import { initialParameters } from "../../dsl/programs/initial.ts";
import type { Plan } from "../../dsl/plan/plan.ts";
import { plan } from "../../layers/bound/plan.ts";
import { orThrow } from "../../dsl/problem/throw.ts";
import { seedKey, uniforms } from "../../dsl/programs/random.ts";
import { sizeOf } from "../../dsl/net/shape.ts";
import { chain } from "../../dsl/net/combinators.ts";
import { conv } from "../../layers/conv.ts";
import { globalAveragePool } from "../../layers/global_average_pool.ts";
import { network } from "../../nets/zoo.ts";

/** A network, its parameters and a batch. */
export interface Start {
  /** The network. */
  readonly plan: Plan;
  /** Images in the batch. */
  readonly batch: number;
  /** Parameters and running statistics. */
  readonly parameters: Tensors;
  /** The batch, NHWC. */
  readonly images: Float32Array;
  /** The images' classes, one-hot. */
  readonly targets: Float32Array;
}

/** The name of a network that is one large convolution, whose speed is the processor's. */
export const LARGE = "one large convolution";

/** A network of the zoo, or {@link LARGE}. */
export function planOf(name: string): Plan {
  if (name === LARGE) {
    return orThrow(plan(chain(conv(256, { kernel: 3 }), globalAveragePool()), [28, 28, 256]));
  }
  const { net, input } = orThrow(network(name));
  return orThrow(plan(net, input));
}

/** The same for the same arguments, in every process. */
export function startOf(name: string, batch: number): Start {
  const planned = planOf(name);
  const [classes = 0] = planned.output;
  const targets = new Float32Array(batch * classes);
  for (let i = 0; i < batch; i++) targets[i * classes + i % classes] = 1;
  return {
    plan: planned,
    batch,
    parameters: initialParameters(planned, 0),
    images: uniforms(seedKey(1), batch * sizeOf(planned.input)).map((x) => x - 0.5),
    targets,
  };
}
