/**
 * The gradient of max pooling as one shader. The library's goes to the last
 * maximum of a window; after a ReLU whole windows tie at zero, and every
 * engine must agree on which pixel it is: the first in reading order.
 *
 * Each thread owns one pixel and visits the windows it lies in. It takes a
 * window's gradient when it equals the maximum and no pixel before it does.
 */
import type { Expansion } from "../expansion.ts";
import { runShader, type Uniform } from "./program.ts";

const CODE = `
  fn main(index : i32) {
    if (index >= uniforms.size) { return; }
    let c = index % uniforms.channels;
    let column = (index / uniforms.channels) % uniforms.width;
    let row = (index / (uniforms.channels * uniforms.width)) % uniforms.height;
    let sample = index / (uniforms.channels * uniforms.width * uniforms.height);
    let here = x[index];
    var sum = 0.0;
    let lastRow = (row + uniforms.top) / uniforms.strideY;
    let lastColumn = (column + uniforms.left) / uniforms.strideX;
    for (var oy = min(lastRow, uniforms.rows - 1); oy >= 0; oy--) {
      let startY = oy * uniforms.strideY - uniforms.top;
      if (startY + uniforms.windowY <= row) { break; }
      for (var ox = min(lastColumn, uniforms.columns - 1); ox >= 0; ox--) {
        let startX = ox * uniforms.strideX - uniforms.left;
        if (startX + uniforms.windowX <= column) { break; }
        let out = ((sample * uniforms.rows + oy) * uniforms.columns + ox) * uniforms.channels + c;
        if (here != y[out]) { continue; }
        var first = true;
        for (var iy = max(startY, 0); iy <= row && first; iy++) {
          let endX = select(min(startX + uniforms.windowX, uniforms.width), column, iy == row);
          for (var ix = max(startX, 0); ix < endX; ix++) {
            let before = ((sample * uniforms.height + iy) * uniforms.width + ix) * uniforms.channels + c;
            if (x[before] == here) { first = false; break; }
          }
        }
        if (first) { sum += dy[out]; }
      }
    }
    result[index] = sum;
  }`;

/** The expansion of `maxPoolGrad` on webgpu. */
export const maxPoolGrad: Expansion<"maxPoolGrad"> = (op, inputs) => {
  const x = inputs[1];
  const [, height = 1, width = 1, channels = 1] = x.shape;
  const [, rows = 1, columns = 1] = inputs[2].shape;
  const numbers = {
    channels,
    height,
    width,
    rows,
    columns,
    top: op.padding[0],
    left: op.padding[2],
    strideY: op.stride[0],
    strideX: op.stride[1],
    windowY: op.window[0],
    windowX: op.window[1],
  };
  return [
    runShader({
      key: "max pool gradient",
      code: CODE,
      operands: ["dy", "x", "y"],
      uniforms: Object.entries(numbers).map((
        [name, value],
      ): Uniform => ({ name, type: "i32", value })),
      shape: x.shape,
      lanes: 1,
      threads: 64,
    }, inputs),
  ];
};
