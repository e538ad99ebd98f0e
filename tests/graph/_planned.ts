/** A network with a parameter of every role, small enough for plain loops. */
import { chain, orThrow, plan } from "../../mod.ts";
import { batchNorm, conv, dense, flatten, relu } from "../../layers/mod.ts";

export const planned = orThrow(plan(
  chain(conv(3, { kernel: 2 }), batchNorm(), relu(), flatten(), dense(3)),
  [3, 3, 2],
));
