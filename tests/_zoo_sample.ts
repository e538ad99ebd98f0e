/**
 * Networks of the zoo, one of every kind: those left out are only deeper, wider or
 * for smaller images than one that is here, SE-ResNet-50 stands for ResNet-50.
 */
import { mapLayers, type Net, orThrow, type Shape } from "../mod.ts";
import { network, ZOO_NAMES } from "../nets/mod.ts";
import { own } from "./_own.ts";

const MORE_OF_THE_SAME =
  /-(34|92|101|110|128|152|200|236|452|1001)|attention-164|vgg-|wrn-28|inception-resnet-v2|cifar\/(resnet-18|mobile|dense)|\/resnet-50/;

/** Their names. */
export const ZOO_SAMPLE: readonly string[] = ZOO_NAMES.filter((name) =>
  !MORE_OF_THE_SAME.test(name)
);

/** A network of the sample, with ten classes; the wide ones have half of their channels. */
export function sampled(name: string, input: Shape): Net {
  const { net } = orThrow(network(name, { classes: 10, input }));
  return /^imagenet|wrn/.test(name) ? halved(net) : net;
}

function halved(net: Net): Net {
  return mapLayers(net, (part) => {
    const layer = own(part.layer);
    return layer.type === "conv" && typeof layer.width === "number"
      ? { ...part, layer: { ...layer, width: layer.width / 2 } }
      : part;
  });
}
