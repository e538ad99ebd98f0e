/**
 * The gradient of max pooling as one shader. The library's goes to the last
 * maximum of a window; after a ReLU whole windows tie at zero, and every
 * engine must agree on which pixel it is: the first in reading order.
 *
 * Each thread owns one pixel and visits the windows it lies in. It takes a
 * window's gradient when it equals the maximum and no pixel before it does.
 */
import type { Expansion } from "../expansion.ts";
import { axes } from "../operands.ts";
import { runShader, uniformsOf } from "./program.ts";

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
export const maxPoolGrad: Expansion<"maxPoolGrad"> = (op, [dy, x, y]) => {
  const [, height, width, channels] = axes(x.shape);
  const [, rows, columns] = axes(y.shape);
  const [top, , left] = op.padding;
  const [strideY, strideX] = op.stride;
  const [windowY, windowX] = op.window;
  const map = { channels, height, width, rows, columns };
  return [
    runShader({
      key: "max pool gradient",
      code: CODE,
      operands: { dy, x, y },
      uniforms: uniformsOf("i32", { ...map, top, left, strideY, strideX, windowY, windowX }),
      shape: x.shape,
      lanes: 1,
      threads: 64,
    }),
  ];
};
