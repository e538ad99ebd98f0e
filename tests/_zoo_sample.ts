/**
 * Networks of the zoo, one of every kind: those left out are only deeper, wider or
 * for smaller images than one that is here, SE-ResNet-50 stands for ResNet-50.
 */
import { ZOO_NAMES } from "../nets/mod.ts";

const MORE_OF_THE_SAME =
  /-(34|101|152|200|236|452|1001)|vgg-|wrn-28|imagenet.*-92|inception-resnet-v2|cifar\/(resnet-18|mobile|dense)|\/resnet-50/;

/** Their names. */
export const ZOO_SAMPLE: readonly string[] = ZOO_NAMES.filter((name) =>
  !MORE_OF_THE_SAME.test(name)
);
