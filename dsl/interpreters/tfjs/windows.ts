/** Windows on a map in TensorFlow's terms: steps, and what is around the map. */
import type { Padding, Pair, TensorShape } from "../../graph/op.ts";
import { type Attribute, type Attributes, text, wholes } from "./model.ts";

/** A pair as sizes for each axis of a map. */
export function perAxis([height, width]: Pair): Attribute {
  return wholes([1, height, width, 1]);
}

/** Windows on a map. */
export interface Windows {
  /** The pixels that a window reaches over. */
  readonly extent: Pair;
  readonly stride: Pair;
  readonly padding: Padding;
}

/** `VALID` without padding, `SAME` for TensorFlow's own; nothing for any other. */
export function wordFor(
  { extent, stride, padding }: Windows,
  map: TensorShape,
): "VALID" | "SAME" | undefined {
  if (padding.every((side) => side === 0)) return "VALID";
  const isSame = ([0, 1] as const).every((axis) => {
    const size = map[axis + 1] ?? 1;
    const count = Math.ceil(size / stride[axis]);
    const whole = Math.max(0, (count - 1) * stride[axis] + extent[axis] - size);
    const [before, after] = [padding[2 * axis], padding[2 * axis + 1]];
    return before === Math.floor(whole / 2) && after === whole - Math.floor(whole / 2);
  });
  return isSame ? "SAME" : undefined;
}

/** The padding of a convolution on a map. */
export function paddingOf(windows: Windows, map: TensorShape): Attributes {
  const word = wordFor(windows, map);
  if (word !== undefined) return { padding: text(word) };
  return {
    padding: text("EXPLICIT"),
    explicit_paddings: wholes([0, 0, ...windows.padding, 0, 0]),
  };
}
