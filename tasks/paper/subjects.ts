/** The networks that `deno task paper` counts: the whole zoo, and variants that the paper leaves open. */
import type { Net } from "../../dsl/net/net.ts";
import type { Shape } from "../../dsl/net/shape.ts";
import { network, ZOO_NAMES } from "../../nets/zoo.ts";
import {
  attention128,
  attention164,
  attention236,
  attention452,
  attention56,
  attention92,
} from "../../nets/residual_attention.ts";
import { resnet152 } from "../../nets/resnet.ts";

export interface Subject {
  /** Its name: the zoo's, and what is different. */
  readonly name: string;
  readonly net: Net;
  readonly input: Shape;
}

const FAMILY = { attention56, attention92, attention128, attention164, attention236, attention452 };

/** The networks in the order of the zoo, variants after it. */
export function subjects(): readonly Subject[] {
  const zoo = ZOO_NAMES.flatMap((name) => {
    const found = network(name);
    return found._tag === "Right" ? [found.right] : [];
  });
  const text = Object.entries(FAMILY).map(([name, build]) =>
    small(`cifar/${name.replace("attention", "attention-")}, text`, build({ layout: "text" }))
  );
  const hundred = { layout: "text", classes: 100 } as const;
  return [
    ...zoo,
    ...text,
    small("cifar/attention-92, text, 100 classes", attention92(hundred)),
    small("cifar/attention-236, text, 100 classes", attention236(hundred)),
    small("cifar/attention-452, descent", attention452({ reading: "descent" })),
    small(
      "cifar/attention-452, descent, text",
      attention452({ reading: "descent", layout: "text" }),
    ),
    {
      name: "imagenet/resnet-152, stride on the 1x1",
      net: resnet152({ strideOn: "1x1" }),
      input: [224, 224, 3],
    },
  ];
}

function small(name: string, net: Net): Subject {
  return { name, net, input: [32, 32, 3] };
}
