/** netfold's own layers, whose types tell their fields. */
import { type Configuration, isStandard, type Layer } from "../mod.ts";

/** The configuration of one of netfold's own layers. */
export function own(layer: Configuration): Layer {
  if (isStandard(layer)) return layer;
  throw new TypeError(`${layer.type} is no layer of netfold's own`);
}
