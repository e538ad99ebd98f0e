/**
 * The two products of matrices that convolutions are made of, as kernels for
 * WebAssembly. Both keep a tile of the result in registers: 6 rows of 8
 * columns fill 12 of the 16 vector registers that engines allocate, and are
 * 1.1 times as fast as 4 rows; 4 rows of 12 or 16, and 8 of 8, spill and take
 * 1.7 times as long. Sizes that a tile does not divide end in smaller tiles.
 *
 * On the shapes of a residual attention network they reach 1.45 times the rate
 * of TensorFlow.js's convolution, which cannot fuse multiply and add.
 * Pointers and steps are in bytes, sizes in floats.
 */
import {
  all,
  type Code,
  define,
  f32x4,
  type Func,
  i32,
  increase,
  type Lanes,
  lanesOf,
  load,
  type Local,
  type MultiplyAdd,
  pick,
  range,
  repeat,
  set,
  store,
  stripes,
  whole,
} from "./assembler.ts";

/** Widths of a tile; also how kernels are packed. */
export const PANELS: readonly number[] = [8, 4, 1];

const MOST_VECTORS = 2;

/**
 * Steps of an innermost loop that are written one after the other. One at a
 * time takes up to 1.13 times as long where threads share the memory.
 */
const STEPS: readonly number[] = [4, 1];

/** How a number of neighbouring floats is made of vectors. */
function vectorsOf(floats: number): { readonly lanes: Lanes; readonly offsets: readonly number[] } {
  return { lanes: lanesOf(floats), offsets: range(Math.ceil(floats / 4)).map((v) => 16 * v) };
}

/** Locals for a tile: its sums by row and vector, and what a row is multiplied with. */
function tileLocals(rows: number, local: () => Local): {
  readonly sum: (row: number, vector: number) => Local;
  readonly factor: (vector: number) => Local;
} {
  const at = pick(range((rows + 1) * MOST_VECTORS).map(local));
  return { factor: at, sum: (row, vector) => at((row + 1) * MOST_VECTORS + vector) };
}

/**
 * Weighted sums of what lies under a kernel's taps, for `pixels` neighbouring
 * results of `width` floats each:
 *
 *     target[p][j] = max(floor, bias[j] + sum over taps (y, x) and k < depth of
 *       source[p * move + y * tapRow + x * tapColumn + k] * kernel[y][x][k][j])
 *
 * The kernel is packed: all of its first panel of columns, then of the next.
 */
export function innerProduct(heights: readonly number[], madd: MultiplyAdd): Func {
  const params = {
    ...whole("source move tapRows tapRow tapColumns tapColumn depth"),
    ...whole("kernel target step pixels width bias"),
    floor: "f32",
  } as const;
  const locals = {
    ...whole("pixel column panel row tap weights rows columns k out"),
    x: "v128",
    least: "v128",
  } as const;
  return define({ params, locals }, (l, local) => {
    const { sum, factor } = tileLocals(6, () => local("v128"));
    const sources = range(6).map(() => local("i32"));
    const tile = (height: number, breadth: number): Code => {
      const { lanes, offsets } = vectorsOf(breadth);
      const under = sources.slice(0, height);
      const eachSum = (f: (at: Local, offset: number) => Code): Code[] =>
        range(height).map((i) => all(...offsets.map((offset, v) => f(sum(i, v), offset))));
      const multiplyOne = all(
        ...offsets.map((offset, v) => set(factor(v), load(lanes, l.weights, offset))),
        ...under.flatMap((source, i) => [
          set(l.x, load(1, source)),
          ...offsets.map((_, v) => set(sum(i, v), madd(l.x, factor(v), sum(i, v)))),
          increase(source, 4),
        ]),
        increase(l.weights, 4 * breadth),
      );
      const tap = all(
        set(l.out, l.tap),
        ...under.map((source) => all(set(source, l.out), increase(l.out, l.move))),
        stripes(l.k, l.depth, STEPS, (steps) => all(...range(steps).map(() => multiplyOne))),
        increase(l.tap, l.tapColumn),
      );
      const tapRow = all(
        set(l.tap, l.row),
        set(l.columns, l.tapColumns),
        repeat(l.columns, tap),
        increase(l.row, l.tapRow),
      );
      const bias = i32.add(l.bias, i32.bytes(l.column));
      return all(
        ...eachSum((at, offset) => set(at, load(lanes, bias, offset))),
        set(l.row, i32.add(l.source, i32.multiply(l.pixel, l.move))),
        set(l.weights, l.panel),
        set(l.rows, l.tapRows),
        repeat(l.rows, tapRow),
        set(l.out, i32.add(i32.add(l.target, i32.bytes(l.column)), i32.multiply(l.pixel, l.step))),
        ...eachSum((at, offset) => store(lanes, l.out, { value: f32x4.max(at, l.least), offset }))
          .map((stored) => all(stored, increase(l.out, l.step))),
      );
    };
    const taps = i32.multiply(l.tapRows, l.tapColumns);
    return all(
      set(l.least, f32x4.splat(l.floor)),
      set(l.panel, l.kernel),
      stripes(l.column, l.width, PANELS, (breadth) =>
        all(
          stripes(l.pixel, l.pixels, heights, (height) => tile(height, breadth)),
          increase(l.panel, i32.multiply(i32.multiply(taps, l.depth), 4 * breadth)),
        )),
    );
  });
}

/**
 * The sum of outer products, added to a matrix: over `rows` rows of `columns`
 * pixels, of `height` floats of `a` times `width` floats of `b`:
 *
 *     target[i][j] += sum over y, x of
 *       a[y * aRow + x * aColumn + i] * b[y * bRow + x * bColumn + j]
 *
 * `pitch` is the distance between rows of the target. Neither matrix need be
 * transposed, unlike for a product of rows and columns: by TensorFlow.js,
 * which has to, a filter gradient takes 4 to 26 times as long.
 */
export function outerProduct(heights: readonly number[], madd: MultiplyAdd): Func {
  const params = whole("a aColumn aRow b bColumn bRow rows columns target pitch height width");
  const locals = { ...whole("i j rowA rowB pixelA pixelB y x out"), value: "v128" } as const;
  return define({ params, locals }, (l, local) => {
    const { sum, factor } = tileLocals(6, () => local("v128"));
    const tile = (height: number, breadth: number): Code => {
      const { lanes, offsets } = vectorsOf(breadth);
      const pixel = all(
        ...offsets.map((offset, v) => set(factor(v), load(lanes, l.pixelB, offset))),
        ...range(height).flatMap((i) => [
          set(l.value, load(1, l.pixelA, 4 * i)),
          ...offsets.map((_, v) => set(sum(i, v), madd(l.value, factor(v), sum(i, v)))),
        ]),
        increase(l.pixelA, l.aColumn),
        increase(l.pixelB, l.bColumn),
      );
      const row = all(
        set(l.pixelA, l.rowA),
        set(l.pixelB, l.rowB),
        stripes(l.x, l.columns, STEPS, (steps) => all(...range(steps).map(() => pixel))),
        increase(l.rowA, l.aRow),
        increase(l.rowB, l.bRow),
      );
      const addToTarget = range(height).flatMap((i) => [
        ...offsets.map((offset, v) => {
          const value = f32x4.add(load(lanes, l.out, offset), sum(i, v));
          return store(lanes, l.out, { value, offset });
        }),
        increase(l.out, l.pitch),
      ]);
      return all(
        ...range(height).flatMap((i) => offsets.map((_, v) => set(sum(i, v), f32x4.zero))),
        set(l.rowA, i32.add(l.a, i32.bytes(l.i))),
        set(l.rowB, i32.add(l.b, i32.bytes(l.j))),
        set(l.y, l.rows),
        repeat(l.y, row),
        set(l.out, i32.add(i32.add(l.target, i32.bytes(l.j)), i32.multiply(l.i, l.pitch))),
        ...addToTarget,
      );
    };
    return stripes(
      l.i,
      l.height,
      heights,
      (height) => stripes(l.j, l.width, PANELS, (breadth) => tile(height, breadth)),
    );
  });
}
