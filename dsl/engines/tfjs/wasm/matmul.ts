/**
 * Products of matrices by our own wasm kernels.
 */
import { correlate } from "./correlation.ts";
import { FLOAT, type Ours } from "./heap.ts";
import { packColumns, packTransposed } from "./packing.ts";
import { stripsOf } from "./shares.ts";

/** A product of matrices; undefined where both are transposed, or one is and a bias is added. */
export const product: Ours<"matmul"> = (heap, { transposeA, transposeB }, [a, b, bias]) => {
  const [first, second] = [heap.address(a), heap.address(b)];
  const [rowsA = 1, columnsA = 1] = a.shape;
  const [rowsB = 1, columnsB = 1] = b.shape;
  if (transposeA) {
    if (transposeB || bias !== undefined) return undefined;
    const result = heap.make([columnsA, columnsB]);
    const address = heap.address(result);
    heap.kernels.fill(address, 0, result.size);
    const strips = stripsOf(heap, { groups: 1, width: columnsB });
    heap.share({
      count: strips.length,
      each: (piece, kernels) => {
        for (const { from, width } of strips[piece] ?? []) {
          kernels.outerProduct(
            ...[first, columnsA * FLOAT, 0],
            ...[second + from * FLOAT, columnsB * FLOAT, 0, 1, rowsA],
            ...[address + from * FLOAT, columnsB * FLOAT, columnsA, width],
          );
        }
      },
    });
    return result;
  }
  const width = transposeB ? rowsB : columnsB;
  const result = heap.make([rowsA, width]);
  heap.borrow(rowsB * columnsB + width, (room) => {
    if (transposeB) {
      packTransposed(heap, {
        kernel: { address: second, shape: [1, 1, rowsB, columnsB] },
        groups: 1,
        room,
        y: [0],
        x: [0],
      });
    } else {
      packColumns(heap, { matrix: second, rows: rowsB, row: columnsB, ...{ width, room } });
    }
    correlate(heap, {
      source: { address: first, shape: [1, 1, rowsA, columnsA] },
      start: [0, 0],
      move: [1, 1],
      taps: [1, 1],
      spread: [1, 1],
      groups: 1,
      kernel: room,
      width,
      target: {
        address: heap.address(result),
        size: [1, rowsA],
        image: rowsA * width,
        row: rowsA * width,
        column: width,
      },
      bias: bias === undefined ? room + rowsB * columnsB * FLOAT : heap.address(bias),
      floor: -Infinity,
    });
  });
  return result;
};
