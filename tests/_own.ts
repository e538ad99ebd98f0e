/** netfold's own layers, whose types tell their fields. */
import type { Configuration, Layer } from "../mod.ts";
import { LAYERS } from "../layers/table.ts";

/** The configuration of one of netfold's own layers, which planning has judged. */
export function own(layer: Configuration): Layer {
  if (Object.hasOwn(LAYERS, layer.type)) return layer as Layer;
  throw new TypeError(`${layer.type} is no layer of netfold's own`);
}
