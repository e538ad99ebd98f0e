/**
 * Kernels for WebAssembly that move pixels, and those of max pooling, which
 * handle one window a call. Pointers and distances are in bytes, counts in
 * floats.
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
  load,
  repeat,
  set,
  store,
  stripes,
  type Value,
} from "./assembler.ts";

const lanesOf = (size: number): Lanes => size === 1 ? 1 : 4;

/** Copies `rows` rows of `count` floats: `(target, targetRow, source, sourceRow, rows, count)`. */
export function copyRows(name: string): Func {
  const params = {
    target: "i32",
    targetRow: "i32",
    source: "i32",
    sourceRow: "i32",
    rows: "i32",
    count: "i32",
  } as const;
  const locals = { i: "i32", from: "i32", to: "i32" } as const;
  return define(name, { params, locals }, (l) =>
    repeat(
      l.rows,
      all(
        set(l.from, l.source),
        set(l.to, l.target),
        stripes(l.i, l.count, [8, 4, 1], (size) =>
          all(
            ...(size === 8 ? [0, 16] : [0]).map((offset) =>
              store(lanesOf(size), l.to, { value: load(lanesOf(size), l.from, offset), offset })
            ),
            increase(l.from, 4 * size),
            increase(l.to, 4 * size),
          )),
        increase(l.source, l.sourceRow),
        increase(l.target, l.targetRow),
      ),
    ));
}

/** Writes the columns of a matrix one after the other: `(target, source, sourceRow, rows, columns)`. */
export function transpose(name: string): Func {
  const params = {
    target: "i32",
    source: "i32",
    sourceRow: "i32",
    rows: "i32",
    columns: "i32",
  } as const;
  const locals = { row: "i32", from: "i32" } as const;
  return define(name, { params, locals }, (l) =>
    repeat(
      l.columns,
      all(
        set(l.from, l.source),
        set(l.row, l.rows),
        repeat(
          l.row,
          all(
            store(1, l.target, { value: load(1, l.from) }),
            increase(l.target, 4),
            increase(l.from, l.sourceRow),
          ),
        ),
        increase(l.source, 4),
      ),
    ));
}

/** A window of pixels, and the result's pixel. */
const WINDOW = {
  row: "i32",
  column: "i32",
  rows: "i32",
  columns: "i32",
  count: "i32",
} as const;

/**
 * The largest of the pixels of a window: `(source, target, row, column, rows,
 * columns, count)`, with the distances between its rows and columns, and the
 * channels as `count`.
 */
export function maxOfWindow(name: string): Func {
  const params = { source: "i32", target: "i32", ...WINDOW } as const;
  const locals = {
    i: "i32",
    y: "i32",
    x: "i32",
    line: "i32",
    pixel: "i32",
    most: "v128",
  } as const;
  return define(name, { params, locals }, (l) =>
    stripes(l.i, l.count, [4, 1], (size) => {
      const lanes = lanesOf(size);
      const here = (address: Value): Code => i32.add(address, i32.bytes(l.i));
      return all(
        set(l.line, here(l.source)),
        set(l.most, load(lanes, l.line)),
        set(l.y, l.rows),
        repeat(
          l.y,
          all(
            set(l.pixel, l.line),
            set(l.x, l.columns),
            repeat(
              l.x,
              all(
                set(l.most, f32x4.max(load(lanes, l.pixel), l.most)),
                increase(l.pixel, l.column),
              ),
            ),
            increase(l.line, l.row),
          ),
        ),
        store(lanes, here(l.target), { value: l.most }),
      );
    }));
}

/**
 * Adds the gradient of a window's maximum to the first pixel that has it:
 * `(source, gradient, result, resultGradient, row, column, rows, columns,
 * count)`; `gradient` has the layout of `source`.
 */
export function maxOfWindowGrad(name: string): Func {
  const params = {
    source: "i32",
    gradient: "i32",
    result: "i32",
    resultGradient: "i32",
    ...WINDOW,
  } as const;
  const locals = {
    i: "i32",
    y: "i32",
    x: "i32",
    line: "i32",
    pixel: "i32",
    to: "i32",
    most: "v128",
    left: "v128",
    hit: "v128",
  } as const;
  return define(name, { params, locals }, (l) =>
    stripes(l.i, l.count, [4, 1], (size) => {
      const lanes = lanesOf(size);
      const here = (address: Value): Code => i32.add(address, i32.bytes(l.i));
      const give = all(
        set(l.to, i32.add(l.pixel, i32.subtract(l.gradient, l.source))),
        set(l.hit, f32x4.equal(load(lanes, l.pixel), l.most)),
        store(lanes, l.to, { value: f32x4.add(load(lanes, l.to), f32x4.and(l.left, l.hit)) }),
        set(l.left, f32x4.andNot(l.left, l.hit)),
        increase(l.pixel, l.column),
      );
      return all(
        set(l.line, here(l.source)),
        set(l.most, load(lanes, here(l.result))),
        set(l.left, load(lanes, here(l.resultGradient))),
        set(l.y, l.rows),
        repeat(
          l.y,
          all(
            set(l.pixel, l.line),
            set(l.x, l.columns),
            repeat(l.x, give),
            increase(l.line, l.row),
          ),
        ),
      );
    }));
}
