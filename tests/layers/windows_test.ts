/** Geometry of convolutions and pools against the definition: a window at every place where it may stand. */
import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { cost, type Net, orThrow, plan, type Shape } from "../../mod.ts";
import { averagePool, conv, maxPool } from "../../layers/mod.ts";
import { answer, rows } from "./_answer.ts";

const output = (net: Net, input: Shape): Shape => orThrow(plan(net, input)).output;

const side = fc.integer({ min: 1, max: 4 });
const border = fc.nat(3);

/** The number of places of a window on a line, counted one by one. */
function places(
  length: number,
  extent: number,
  { stride, before, after, ceil }: {
    readonly stride: number;
    readonly before: number;
    readonly after: number;
    readonly ceil: boolean;
  },
): number {
  let count = 0;
  for (let start = -before;; start += stride) {
    const whole = start + extent <= length + after;
    // In ceil mode a last window may hang over, if it starts in the map or in the border before it.
    const hanging = ceil && start < length && start - stride + extent < length + after;
    if (!whole && !(hanging && (count > 0 || start <= 0))) return count;
    count++;
  }
}

Deno.test("a convolution has as many outputs as its kernel has places", () => {
  fc.assert(
    fc.property(
      fc.tuple(fc.integer({ min: 4, max: 12 }), fc.integer({ min: 4, max: 12 })),
      fc.tuple(side, side, fc.constantFrom(1, 2)),
      fc.tuple(border, border, border, border),
      ([height, width], [kernel, stride, dilation], padding) => {
        const extent = (kernel - 1) * dilation + 1;
        const [top, bottom, left, right] = padding;
        fc.pre(extent <= Math.min(height, width));
        const wanted = [
          places(height, extent, { stride, before: top, after: bottom, ceil: false }),
          places(width, extent, { stride, before: left, after: right, ceil: false }),
        ];
        const net = conv(2, { kernel, stride, dilation, padding });
        assertEquals(output(net, [height, width, 3]), [...wanted, 2]);
      },
    ),
  );
});

Deno.test("a pool has as many outputs as its window has places, in ceil mode too", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 4, max: 14 }),
      fc.tuple(side, side, fc.boolean()),
      fc.tuple(border, border),
      (length, [window, stride, ceil], [before, after]) => {
        fc.pre(before < window && after < window && stride <= window);
        const net = maxPool(window, { stride, ceil, padding: [before, after, before, after] });
        const wanted = places(length, window, { stride, before, after, ceil });
        assertEquals(output(net, [length, length, 1]), [wanted, wanted, 1]);
      },
    ),
  );
});

Deno.test("same padding gives the input's size divided by the stride, rounded up", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), side, side, fc.constantFrom(1, 2), (
      length,
      kernel,
      stride,
      dilation,
    ) => {
      const size = Math.ceil(length / stride);
      const options = { stride, padding: "same" } as const;
      assertEquals(output(conv(2, { kernel, dilation, ...options }), [length, length, 3]), [
        size,
        size,
        2,
      ]);
      assertEquals(output(maxPool(kernel, options), [length, length, 3]), [size, size, 3]);
    }),
  );
});

Deno.test("same padding puts the odd pixel at the bottom and at the right, as TensorFlow does", () => {
  const map = rows([1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]);
  const ones = { "conv1.kernel": new Array<number>(9).fill(1) };
  assertEquals(answer(conv(1, { kernel: 3, stride: 2 }), map, ones), [54, 45, 72, 54]);
  assertEquals(answer(maxPool(3, { stride: 2, padding: "same" }), map), [11, 12, 15, 16]);
});

Deno.test("the paper's pool on even maps is TensorFlow's same, on odd ones it is not", () => {
  for (const size of [4, 8, 32, 56, 112]) {
    assertEquals(output(maxPool(3, { stride: 2, ceil: true }), [size, size, 1])[0], size / 2);
  }
  for (const size of [3, 5, 7, 9]) {
    assertEquals(output(maxPool(3, { stride: 2, ceil: true }), [size, size, 1])[0], (size - 1) / 2);
  }
});

Deno.test("windows that hang over the border see what lies inside the map alone", () => {
  const map = rows([-1, -2, -3, -4], [-5, -6, -7, -8], [-9, -10, -11, -12], [-13, -14, -15, -16]);
  const options = { stride: 2, ceil: true } as const;
  assertEquals(answer(maxPool(3, options), map), [-1, -3, -9, -11]);
  assertEquals(answer(averagePool(3, options), map), [-6, -7.5, -12, -13.5]);
  assertEquals(answer(averagePool(2, { padding: 1 }), rows([1, 2], [3, 4])), [1, 2, 3, 4]);
});

Deno.test("the plan's cost of a pool is its window at every output", () => {
  const planned = orThrow(plan(maxPool([3, 2], { stride: 2, ceil: true }), [8, 8, 5]));
  assertEquals(cost(planned), { macs: 0, flops: 4 * 4 * 5 * 6 });
});
