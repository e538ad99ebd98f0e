/**
 * Max pooling, global averages and bilinear resizing by our own wasm kernels.
 * A window, or a row or pixel of a resize, is one call of a kernel.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Pair, PoolGeometry, TensorShape } from "../../../graph/op.ts";
import { sameShape } from "../../../net/shape.ts";
import { axes } from "../operands.ts";
import { type Address, FLOAT, type Heap, type Ours } from "./heap.ts";
import type { Pieces } from "./pool.ts";

/** The part of a window that lies inside the map, along one axis. */
function inside(
  { window, stride, padding }: PoolGeometry,
  axis: 0 | 1,
  { at, size }: { readonly at: number; readonly size: number },
): { readonly start: number; readonly count: number } {
  const start = at * stride[axis] - padding[axis === 0 ? 0 : 2];
  const first = Math.max(0, start);
  return { start: first, count: Math.min(size, start + window[axis]) - first };
}

/** Calls with the first pixel, the rows and columns of each window of an image, and its result's position; in floats. */
function eachWindow(
  op: PoolGeometry,
  { map, results, image }: {
    readonly map: TensorShape;
    readonly results: TensorShape;
    readonly image: number;
  },
  use: (from: number, to: number, size: Pair) => void,
): void {
  const [, height, width, channels] = axes(map);
  const [, rows, columns] = axes(results);
  let to = image * rows * columns * channels;
  for (let y = 0; y < rows; y++) {
    const down = inside(op, 0, { at: y, size: height });
    for (let x = 0; x < columns; x++) {
      const across = inside(op, 1, { at: x, size: width });
      const from = ((image * height + down.start) * width + across.start) * channels;
      use(from, to, [down.count, across.count]);
      to += channels;
    }
  }
}

/** Whether every window has a pixel of the map. */
function hasNoEmptyWindow(op: PoolGeometry, map: TensorShape, results: TensorShape): boolean {
  const last = (axis: 0 | 1): number =>
    inside(op, axis, { at: (results[axis + 1] ?? 1) - 1, size: map[axis + 1] ?? 1 }).count;
  return last(0) > 0 && last(1) > 0 && op.padding[0] < op.window[0] && op.padding[2] < op.window[1];
}

/** The largest of each window. */
export const largest: Ours<"maxPool"> = (heap, op, [x], { resultShapes: [shape = []] }) => {
  if (!hasNoEmptyWindow(op, x.shape, shape)) return undefined;
  const result = heap.make(shape);
  const [source, target] = [heap.address(x), heap.address(result)];
  const [images, , width, channels] = axes(x.shape);
  heap.share({
    count: images,
    each: (image, { maxOfWindow }) => {
      eachWindow(op, { map: x.shape, results: shape, image }, (from, to, [rows, columns]) => {
        maxOfWindow(
          source + from * FLOAT,
          target + to * FLOAT,
          width * channels * FLOAT,
          channels * FLOAT,
          rows,
          columns,
          channels,
        );
      });
    },
  });
  return result;
};

/** The gradient of the largest of each window. */
export const largestGradient: Ours<"maxPoolGrad"> = (heap, op, [dy, x, y]) => {
  if (!hasNoEmptyWindow(op, x.shape, y.shape)) return undefined;
  const dx = heap.make(x.shape);
  const [source, gradient] = [heap.address(x), heap.address(dx)];
  const [result, given] = [heap.address(y), heap.address(dy)];
  const [images, height, width, channels] = axes(x.shape);
  const size = height * width * channels;
  heap.share({
    count: images,
    each: (image, { fill, maxOfWindowGrad }) => {
      fill(gradient + image * size * FLOAT, 0, size);
      eachWindow(op, { map: x.shape, results: y.shape, image }, (from, to, [rows, columns]) => {
        maxOfWindowGrad(
          source + from * FLOAT,
          gradient + from * FLOAT,
          result + to * FLOAT,
          given + to * FLOAT,
          width * channels * FLOAT,
          channels * FLOAT,
          rows,
          columns,
          channels,
        );
      });
    },
  });
  return dx;
};

/** The mean of each channel's map, `[n, c]`. */
export const meanOfMaps: Ours<"globalAverage"> = (heap, _, [x]) => {
  const [images, height, width, channels] = axes(x.shape);
  const pixels = height * width;
  const result = heap.make([images, channels]);
  const address = heap.address(result);
  heap.kernels.fill(address, 0, result.size);
  heap.share({
    count: images,
    each: (image, { sum }) =>
      sum(
        heap.address(x) + image * pixels * channels * FLOAT,
        address + image * channels * FLOAT,
        pixels,
        channels,
      ),
  });
  const numbers = heap.floats(address, result.size);
  numbers.forEach((sum, i) => numbers[i] = sum / pixels);
  return result;
};

/** Writes one number for each image and channel to all pixels of its map. */
function repeatOver(heap: Heap, numbers: Address, shape: TensorShape): Tensor {
  const [images, height, width, channels] = axes(shape);
  const pixels = height * width;
  const maps = heap.make(shape);
  heap.share({
    count: images,
    each: (image, { copyRows }) =>
      copyRows(
        heap.address(maps) + image * pixels * channels * FLOAT,
        channels * FLOAT,
        numbers + image * channels * FLOAT,
        0,
        pixels,
        channels,
      ),
  });
  return maps;
}

/** The gradient of the mean of each channel's map. */
export const meanOfMapsGradient: Ours<"globalAverageGrad"> = (heap, { inputShape }, [dy]) => {
  const [, height, width] = axes(inputShape);
  return heap.borrow(dy.size, (shares) => {
    heap.kernels.scale(heap.address(dy), shares, 1 / (height * width), dy.size);
    return repeatOver(heap, shares, inputShape);
  });
};

/** One number for each image and channel, repeated over its map. */
export const repeated: Ours<"broadcast"> = (heap, { shape }, [x]) => {
  const isRepeated = shape.length === 4 && sameShape(x.shape, shape.with(1, 1).with(2, 1));
  return isRepeated ? repeatOver(heap, heap.address(x), shape) : undefined;
};

/** Where a position of the result lies between two of the source. */
interface Between {
  /** The one before, or it itself. */
  readonly low: number;
  /** The one after. */
  readonly high: number;
  /** The weight of the one after. */
  readonly part: number;
}

/** Positions along an axis with aligned corners. */
function between(from: number, to: number): readonly Between[] {
  const step = to > 1 ? (from - 1) / (to - 1) : 0;
  return Array.from({ length: to }, (_, i) => {
    const low = Math.min(Math.floor(i * step), from - 1);
    return { low, high: Math.min(low + 1, from - 1), part: i * step - low };
  });
}

/** Bilinear interpolation with aligned corners: along the rows, then from row to row. */
export const resized: Ours<"resizeBilinear"> = (heap, { size: [rows, columns] }, [x]) => {
  const [images, height, width, channels] = axes(x.shape);
  const result = heap.make([images, rows, columns, channels]);
  const [source, target] = [heap.address(x), heap.address(result)];
  const down = between(height, rows);
  const across = between(width, columns);
  const line = columns * channels;
  const each: Pieces["each"] = (image, { mix }, room) => {
    for (let y = 0; y < height; y++) {
      const row = source + (image * height + y) * width * channels * FLOAT;
      across.forEach(({ low, high, part }, i) =>
        mix(
          row + low * channels * FLOAT,
          row + high * channels * FLOAT,
          room + (y * line + i * channels) * FLOAT,
          1 - part,
          part,
          channels,
        )
      );
    }
    down.forEach(({ low, high, part }, i) =>
      mix(
        room + low * line * FLOAT,
        room + high * line * FLOAT,
        target + (image * rows + i) * line * FLOAT,
        1 - part,
        part,
        line,
      )
    );
  };
  heap.share({ count: images, room: height * line, each });
  return result;
};

/** The gradient of bilinear interpolation: the same two steps backwards. */
export const resizedGradient: Ours<"resizeBilinearGrad"> = (heap, { inputShape }, [dy]) => {
  const [images, height, width, channels] = axes(inputShape);
  const [, rows, columns] = axes(dy.shape);
  const dx = heap.make(inputShape);
  const [source, target] = [heap.address(dy), heap.address(dx)];
  const down = between(height, rows);
  const across = between(width, columns);
  const line = columns * channels;
  const size = height * width * channels;
  const each: Pieces["each"] = (image, { fill, addScaled }, room) => {
    const add = (
      to: Address,
      from: Address,
      { part, count }: { readonly part: number; readonly count: number },
    ): void => {
      if (part !== 0) addScaled(to, from, to, part, count);
    };
    fill(room, 0, height * line);
    fill(target + image * size * FLOAT, 0, size);
    down.forEach(({ low, high, part }, i) => {
      const from = source + (image * rows + i) * line * FLOAT;
      add(room + low * line * FLOAT, from, { part: 1 - part, count: line });
      add(room + high * line * FLOAT, from, { part, count: line });
    });
    for (let y = 0; y < height; y++) {
      const row = target + (image * height + y) * width * channels * FLOAT;
      across.forEach(({ low, high, part }, i) => {
        const from = room + (y * line + i * channels) * FLOAT;
        add(row + low * channels * FLOAT, from, { part: 1 - part, count: channels });
        add(row + high * channels * FLOAT, from, { part, count: channels });
      });
    }
  };
  heap.share({ count: images, room: height * line, each });
  return dx;
};
