/** The JSON of networks. */
import { chain, equal, fromJSON, plan, toJSON } from "../../../mod.ts";
import { network } from "../../../nets/mod.ts";
import {
  conv,
  dense,
  dropout,
  globalAveragePool,
  maxPool,
  relu,
  resize,
} from "../../../layers/mod.ts";
import type { Net } from "../../../dsl/net/net.ts";
import { orThrow } from "../../../dsl/problem/throw.ts";
import { textBytes } from "../bytes.ts";
import { judged, type Reader } from "../reader.ts";
import { changedJsonBytes, textOf } from "./_files.ts";

export const NETWORKS: Readonly<Record<string, Reader>> = {
  network: {
    whole: () => Promise.resolve(WHOLE.map((net) => textBytes(toJSON(net)))),
    change: changedJsonBytes,
    read: judged((bytes) => fromJSON(textOf(bytes)), (net) => {
      if (!equal(net, orThrow(fromJSON(toJSON(net))))) return "its JSON gives another network";
      plan(net, [32, 32, 3]);
      return undefined;
    }),
  },
};

const WHOLE: readonly Net[] = [
  orThrow(network("cifar/attention-56")).net,
  orThrow(network("imagenet/inception-resnet-v2")).net,
  chain(conv(8, { kernel: 3, stride: 2 }), relu(), dropout(0.1), globalAveragePool(), dense(10)),
  chain(maxPool(2), resize([4, 4]), conv("same"), dense(3)),
];
