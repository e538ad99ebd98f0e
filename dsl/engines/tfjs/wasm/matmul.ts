/**
 * Products of matrices by our own wasm kernels.
 */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { OpOf } from "../../../graph/op.ts";
import { operand } from "../operands.ts";
import { correlate } from "./correlation.ts";
import type { Heap } from "./heap.ts";
import { packColumns, packTransposed } from "./packing.ts";

const FLOAT = 4;

/** A product of matrices; undefined where both are transposed, or one is and a bias is added. */
export function product(
  heap: Heap,
  { transposeA, transposeB }: OpOf<"matmul">,
  inputs: readonly (Tensor | undefined)[],
): Tensor | undefined {
  const [a, b, bias] = [operand(inputs, 0), operand(inputs, 1), inputs[2]];
  const [first, second] = [heap.address(a), heap.address(b)];
  const [rowsA = 1, columnsA = 1] = a.shape;
  const [rowsB = 1, columnsB = 1] = b.shape;
  if (transposeA) {
    if (transposeB || bias !== undefined) return undefined;
    const result = heap.make([columnsA, columnsB]);
    const address = heap.address(result);
    heap.floats(address, result.size).fill(0);
    heap.kernels.outerProduct(
      ...[first, columnsA * FLOAT, 0, second, columnsB * FLOAT, 0, 1, rowsA],
      ...[address, columnsB * FLOAT, columnsA, columnsB],
    );
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
}
