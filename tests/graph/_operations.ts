/** Operations that several tests of reverse mode differentiate. */
import type { ConvolutionGeometry, OpOf } from "../../dsl/graph/op.ts";

export const PLAIN: ConvolutionGeometry = {
  stride: [1, 1],
  padding: [0, 0, 0, 0],
  dilation: [1, 1],
  groups: 1,
};

export const product = (transposeA: boolean, transposeB: boolean): OpOf<"matmul"> => ({
  op: "matmul",
  transposeA,
  transposeB,
});
