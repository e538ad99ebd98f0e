/**
 * The gradient of max pooling in plain loops on the host, for backends whose
 * numbers are at hand without waiting (cpu and wasm).
 *
 * No kernel of the library will do: the one on webgpu gives the gradient to
 * the last maximum of a window, the one on wasm to none at all where every
 * pixel of a window is negative.
 */
import { engine, type Tensor } from "@tensorflow/tfjs-core";
import type { Expansion } from "../expansion.ts";
import { axes } from "../operands.ts";

/** The expansion of `maxPoolGrad`. */
export const maxPoolGrad: Expansion<"maxPoolGrad"> = (op, [gradients, maps, maxima]) => {
  const numbers = (tensor: Tensor) => tensor.dataSync<"float32">();
  const [dy, x, y] = [numbers(gradients), numbers(maps), numbers(maxima)];
  const [n, height, width, channels] = axes(maps.shape);
  const [, rows, columns] = axes(maxima.shape);
  const [top, , left] = op.padding;
  const dx = new Float32Array(x.length);

  /** The first pixel of a window, in reading order, that holds its maximum. */
  const firstMaximum = (
    maximum: number,
    startY: number,
    startX: number,
    offset: number,
  ): number => {
    const endY = Math.min(startY + op.window[0], height);
    const endX = Math.min(startX + op.window[1], width);
    for (let iy = Math.max(startY, 0); iy < endY; iy++) {
      for (let ix = Math.max(startX, 0); ix < endX; ix++) {
        const i = (iy * width + ix) * channels + offset;
        if (x[i] === maximum) return i;
      }
    }
    return -1;
  };

  let out = 0;
  for (let b = 0; b < n; b++) {
    const image = b * height * width * channels;
    for (let oy = 0; oy < rows; oy++) {
      for (let ox = 0; ox < columns; ox++) {
        const startY = oy * op.stride[0] - top;
        const startX = ox * op.stride[1] - left;
        for (let c = 0; c < channels; c++, out++) {
          const i = firstMaximum(y[out] ?? NaN, startY, startX, image + c);
          if (i >= 0) dx[i] = (dx[i] ?? 0) + (dy[out] ?? 0);
        }
      }
    }
  }
  return [engine().makeTensor(dx, [...maps.shape], "float32")];
};
