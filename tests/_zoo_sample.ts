/** Networks of the zoo, one of every kind: those left out are only deeper or wider than one that is here. */
import { ZOO_NAMES } from "../nets/mod.ts";

const MORE_OF_THE_SAME =
  /-(34|101|152|200|236|452|1001)|vgg-|wrn-28|imagenet.*-92|inception-resnet-v2/;

/** Their names. */
export const ZOO_SAMPLE: readonly string[] = ZOO_NAMES.filter((name) =>
  !MORE_OF_THE_SAME.test(name)
);
