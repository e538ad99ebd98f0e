/** Faults of widths: a ratio of the input's channels must come out whole. */
import type { Fault } from "../dsl/plan/fault.ts";
import { type LayerWidth, resolveWidth } from "../dsl/net/shape.ts";

/** What is wrong with a width for an input of `channels`; nothing when they are unknown. */
export function widthFaults(width: LayerWidth, channels: number): readonly Fault[] {
  const resolved = resolveWidth(width, channels);
  const relative = typeof width === "object" && "ratio" in width;
  if (relative && channels * width.ratio[0] > Number.MAX_SAFE_INTEGER) {
    return [{
      code: "too-large",
      rule: "a width must be exact",
      got: `${width.ratio[0]}/${width.ratio[1]} of ${channels} channels`,
      wanted: "a product of at most 2^53",
      hint: "reduce the ratio",
    }];
  }
  if (Number.isNaN(resolved) || (Number.isSafeInteger(resolved) && resolved >= 1)) {
    return [];
  }
  return [{
    code: "invalid-width",
    rule: "the width must be a whole number of at least 1",
    got: relative
      ? `${width.ratio[0]}/${width.ratio[1]} of ${channels} channels, ${resolved}`
      : `${resolved}`,
    wanted: relative ? `channels that ${width.ratio[1]} divides` : "a whole number",
    hint: relative
      ? `give its input a multiple of ${width.ratio[1]} channels, or use another ratio`
      : "round the width",
  }];
}
