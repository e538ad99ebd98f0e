/**
 * Kernels for WebAssembly that move pixels, and those of max pooling, which
 * handle one window a call. Pointers and distances are in bytes, counts in
 * floats.
 */
import {
  all,
  type Code,
  type Declared,
  define,
  f32x4,
  type Func,
  i32,
  increase,
  lanesOf,
  load,
  repeat,
  set,
  store,
  stripes,
  type Value,
  whole,
} from "./assembler.ts";

/** Copies `rows` rows of `count` floats: `(target, targetRow, source, sourceRow, rows, count)`. */
export function copyRows(): Func {
  const params = whole("target targetRow source sourceRow rows count");
  const locals = whole("i from to");
  return define({ params, locals }, (l) =>
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
export function transpose(): Func {
  const params = whole("target source sourceRow rows columns");
  const locals = whole("row from");
  return define({ params, locals }, (l) => {
    const one = all(
      store(1, l.target, { value: load(1, l.from) }),
      increase(l.target, 4),
      increase(l.from, l.sourceRow),
    );
    const column = all(set(l.from, l.source), set(l.row, l.rows), repeat(l.row, one));
    return repeat(l.columns, all(column, increase(l.source, 4)));
  });
}

const WINDOW = whole("row column rows columns count");
const WALK = whole("i y x line pixel");

/** Goes through the pixels of a window; `pixel` is where each lies, from `line` on. */
function eachPixel(l: Declared<typeof WINDOW & typeof WALK>, body: Code): Code {
  const line = all(
    set(l.pixel, l.line),
    set(l.x, l.columns),
    repeat(l.x, all(body, increase(l.pixel, l.column))),
    increase(l.line, l.row),
  );
  return all(set(l.y, l.rows), repeat(l.y, line));
}

/**
 * The largest of the pixels of a window: `(source, target, row, column, rows,
 * columns, count)`, with the distances between its rows and columns, and the
 * channels as `count`.
 */
export function maxOfWindow(): Func {
  const params = { ...whole("source target"), ...WINDOW } as const;
  const locals = { ...WALK, most: "v128" } as const;
  return define({ params, locals }, (l) =>
    stripes(l.i, l.count, [4, 1], (size) => {
      const lanes = lanesOf(size);
      const here = (address: Value): Code => i32.add(address, i32.bytes(l.i));
      return all(
        set(l.line, here(l.source)),
        set(l.most, load(lanes, l.line)),
        eachPixel(l, set(l.most, f32x4.max(load(lanes, l.pixel), l.most))),
        store(lanes, here(l.target), { value: l.most }),
      );
    }));
}

/**
 * Adds the gradient of a window's maximum to the first pixel that has it:
 * `(source, gradient, result, resultGradient, row, column, rows, columns,
 * count)`; `gradient` has the layout of `source`.
 */
export function maxOfWindowGrad(): Func {
  const params = { ...whole("source gradient result resultGradient"), ...WINDOW } as const;
  const locals = { ...WALK, to: "i32", most: "v128", left: "v128", hit: "v128" } as const;
  return define({ params, locals }, (l) =>
    stripes(l.i, l.count, [4, 1], (size) => {
      const lanes = lanesOf(size);
      const here = (address: Value): Code => i32.add(address, i32.bytes(l.i));
      const give = all(
        set(l.to, i32.add(l.pixel, i32.subtract(l.gradient, l.source))),
        set(l.hit, f32x4.equal(load(lanes, l.pixel), l.most)),
        store(lanes, l.to, { value: f32x4.add(load(lanes, l.to), f32x4.and(l.left, l.hit)) }),
        set(l.left, f32x4.andNot(l.left, l.hit)),
      );
      return all(
        set(l.line, here(l.source)),
        set(l.most, load(lanes, here(l.result))),
        set(l.left, load(lanes, here(l.resultGradient))),
        eachPixel(l, give),
      );
    }));
}
