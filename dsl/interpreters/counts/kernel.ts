/** Kernels in words: the window of a convolution or a pooling, as tables show it. */
import type { Leaf } from "../../plan/fold.ts";
import type { Pair } from "../../graph/op.ts";

/**
 * The window of a leaf: height and width, `/` and the stride, `d` and the
 * dilation, `g` and the groups, each left out when it is 1: `7x7/2`, `3x3 g32`,
 * `3x3/2x1 d2`. Undefined for what has no window.
 */
export function kernelText(leaf: Leaf): string | undefined {
  if (leaf.kind === "fork") return undefined;
  const sight = leaf.meaning.sight(leaf.input, leaf.output);
  if (sight?.sees !== "window") return undefined;
  const { kernel, stride, dilation, groups } = sight;
  // What makes maps larger, or pools to a size, sees a window without sliding one over the map.
  if (!stride.every(Number.isInteger)) return undefined;
  return [
    kernel.join("x") + unlessOne("/", stride),
    ...isOne(dilation) ? [] : [unlessOne("d", dilation)],
    ...groups === 1 ? [] : [`g${groups}`],
  ].join(" ");
}

function isOne([height, width]: Pair): boolean {
  return height === 1 && width === 1;
}

function unlessOne(sign: string, pair: Pair): string {
  if (isOne(pair)) return "";
  const [height, width] = pair;
  return sign + (height === width ? `${height}` : `${height}x${width}`);
}
