/**
 * Convolution and the gradient of its kernel by our own wasm kernels, for
 * every stride, dilation, padding and number of groups.
 */
import type { Pair } from "../../../graph/op.ts";
import { axes } from "../operands.ts";
import { correlate, framed, mapsOf, reach } from "./correlation.ts";
import { FLOAT, type Ours } from "./heap.ts";
import { packColumns } from "./packing.ts";
import type { Pieces } from "./pool.ts";
import { stripsOf } from "./shares.ts";

/** A convolution. */
export const convolution: Ours<"conv2d"> = (heap, op, [x, kernel, bias], { resultShapes }) => {
  const [shape = []] = resultShapes;
  const { groups, padding, stride, dilation, activation } = op;
  const [tapRows, tapColumns, depth, out] = axes(kernel.shape);
  const width = out / groups;
  const rows = tapRows * tapColumns * depth;
  const result = heap.make(shape);
  const [, height, columns] = axes(shape);
  heap.borrow(rows * out + out, (room) => {
    for (let g = 0; g < groups; g++) {
      packColumns(heap, {
        matrix: heap.address(kernel) + g * width * FLOAT,
        ...{ rows, row: out, width },
        room: room + g * rows * width * FLOAT,
      });
    }
    correlate(heap, {
      source: mapsOf(heap, x),
      start: [-padding[0], -padding[2]],
      move: stride,
      taps: [tapRows, tapColumns],
      spread: dilation,
      groups,
      kernel: room,
      width,
      target: {
        address: heap.address(result),
        size: [height, columns],
        image: height * columns * out,
        row: columns * out,
        column: out,
      },
      bias: bias === undefined ? room + rows * out * FLOAT : heap.address(bias),
      floor: activation === "relu" ? 0 : -Infinity,
    });
  });
  return result;
};

/** Floats of the gradient that are handled at once, so that they stay in the cache. */
const BLOCK = 4096;

/** A convolution's gradient with respect to its kernel. */
export const filterGradient: Ours<"conv2dFilterGrad"> = (heap, op, [x, dy]) => {
  const { groups, kernelShape, stride, dilation } = op;
  const [tapRows, tapColumns, depth, out] = axes(kernelShape);
  const [, rows, columns] = axes(dy.shape);
  const result = heap.make(kernelShape);
  const target = heap.address(result);
  heap.kernels.fill(target, 0, result.size);
  const gradient = heap.address(dy);
  const source = mapsOf(heap, x);
  const [images, height] = source.shape;
  const pixel = source.shape[3] * FLOAT;
  const [top, left] = [op.padding[0], op.padding[2]];
  // Neighbouring pixels are one long pixel where nothing lies between them.
  const joined = groups === 1 && dilation[1] === 1;
  const across = joined ? 1 : tapColumns;
  const length = joined ? tapColumns * depth : depth;
  const atOnce = Math.max(1, Math.floor(BLOCK / (columns * out)));
  const taps: Pair = [tapRows, tapColumns];
  const sight = { source, start: [-top, -left], move: stride, taps, spread: dilation } as const;
  const { room, row, put } = framed(source, reach(sight, [rows, columns]));
  const unbroken = stride[0] * row === columns * stride[1] * pixel;
  const strips = stripsOf(heap, { groups, width: out / groups });
  const each: Pieces["each"] = (piece, kernels, room) => {
    for (let image = 0; image < images; image++) {
      const corner = put({ kernels, room }, image, [0, height]);
      for (let y = 0; y < rows; y += atOnce) {
        const lines = Math.min(atOnce, rows - y);
        for (let tap = 0; tap < tapRows * across; tap++) {
          const ty = Math.floor(tap / across);
          const tx = tap % across;
          const line = corner + (y * stride[0] - top + ty * dilation[0]) * row +
            (tx * dilation[1] - left) * pixel;
          for (const { group, from, width } of strips[piece] ?? []) {
            kernels.outerProduct(
              line + group * depth * FLOAT,
              stride[1] * pixel,
              stride[0] * row,
              gradient + ((image * rows + y) * columns * out + from) * FLOAT,
              out * FLOAT,
              columns * out * FLOAT,
              unbroken ? 1 : lines,
              unbroken ? lines * columns : columns,
              target + (tap * length * out + from) * FLOAT,
              out * FLOAT,
              length,
              width,
            );
          }
        }
      }
    }
  };
  heap.share({ count: strips.length, room, each });
  return result;
};
