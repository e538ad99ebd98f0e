/**
 * Kernels for WebAssembly that pass once over tensors of one shape: entry by
 * entry, or channel by channel with per-channel numbers and sums. One such
 * pass takes the place of several of TensorFlow.js's: the gradient of a batch
 * normalisation with its rectifier is two passes instead of eleven.
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
  type Local,
  type NewLocal,
  repeat,
  set,
  several,
  store,
  stripes,
  type Value,
  whileLoop,
} from "./wasm_assembler.ts";

const range = (n: number): readonly number[] => [...Array(n).keys()];

/** Four entries, or one, as a pass sees them. */
export interface Entry {
  /** The inputs. */
  readonly x: (i: number) => Local;
  /** The pass's numbers, in all four places, or the channels' own. */
  readonly given: (i: number) => Local;
  /** The sums so far. */
  readonly sum: (i: number) => Local;
  /** Holds a value that is used twice. */
  readonly hold: (value: Value) => Local;
}

/** What a pass does to four entries. */
export interface Written {
  /** Its outputs. */
  readonly outputs?: readonly Value[];
  /** Its new sums. */
  readonly sums?: readonly Value[];
}

/** A pass over entries. */
export interface Pass {
  /** How many tensors it reads. */
  readonly inputs: number;
  /** How many it writes. */
  readonly outputs: number;
  /** How many numbers it is given: of the whole pass, or for each channel. */
  readonly given: number;
  /** What it does. */
  readonly write: (entry: Entry) => Written;
}

function pick(locals: readonly Local[]): (i: number) => Local {
  return (i) => {
    const found = locals[i];
    if (found === undefined) throw new RangeError(`There is no local ${i}`);
    return found;
  };
}

/** The instructions of a pass on a vector of each tensor. */
function entries(
  pass: Pass,
  { lanes, offset, inputs, outputs, given, sums, local }: {
    readonly lanes: Lanes;
    readonly offset: number;
    readonly inputs: readonly Local[];
    readonly outputs: readonly Local[];
    readonly given: readonly Local[];
    readonly sums: readonly Local[];
    readonly local: NewLocal;
  },
): Code {
  const held: Code[] = [];
  const hold = (value: Value): Local => {
    const into = local("v128");
    held.push(set(into, value));
    return into;
  };
  const written = pass.write({
    x: pick(inputs.map((address) => hold(load(lanes, address, offset)))),
    given: pick(given),
    sum: pick(sums),
    hold,
  });
  return all(
    ...held,
    ...(written.outputs ?? []).map((value, i) => store(lanes, pick(outputs)(i), { value, offset })),
    ...(written.sums ?? []).map((value, i) => set(pick(sums)(i), value)),
  );
}

/**
 * A kernel that passes over entries: `(inputs..., outputs..., given..., count)`,
 * what is given as floats. An output may be an input.
 */
export function pointwise(name: string, pass: Pass): Func {
  const params = {
    inputs: several(pass.inputs, "i32"),
    outputs: several(pass.outputs, "i32"),
    numbers: several(pass.given, "f32"),
    count: "i32",
  } as const;
  const locals = { i: "i32", given: several(pass.given, "v128") } as const;
  return define(name, { params, locals }, (l, local) => {
    const { inputs, outputs, given } = l;
    const stripe = (size: number): Code => {
      const lanes: Lanes = size === 1 ? 1 : 4;
      const fixed = { lanes, inputs, outputs, given, sums: [], local } as const;
      return all(
        ...range(size / lanes).map((v) => entries(pass, { ...fixed, offset: 16 * v })),
        ...[...inputs, ...outputs].map((at) => increase(at, 4 * size)),
      );
    };
    return all(
      ...l.numbers.map((number, i) => set(pick(given)(i), f32x4.splat(number))),
      stripes(l.i, l.count, [16, 4, 1], stripe),
    );
  });
}

/** Floats of one tensor that a pass over channels handles before it moves on. */
const BLOCK = 2048;

/**
 * A kernel that passes over rows of channels:
 * `(inputs..., outputs..., given..., sums..., rows, channels)`, with `given`
 * and `sums` as addresses of one float per channel. What is summed is added to
 * what is there. It goes down the rows with a few channels at a time, so that
 * their numbers and sums stay in registers, in blocks that stay in the cache;
 * sums are taken by block, which also keeps their rounding small.
 */
export function channelwise(
  name: string,
  pass: Pass & { readonly sums: number; readonly vectors: number },
): Func {
  const params = {
    inputs: several(pass.inputs, "i32"),
    outputs: several(pass.outputs, "i32"),
    given: several(pass.given, "i32"),
    sums: several(pass.sums, "i32"),
    rows: "i32",
    channels: "i32",
  } as const;
  const locals = {
    at: several(pass.inputs + pass.outputs, "i32"),
    channel: "i32",
    pitch: "i32",
    block: "i32",
    row: "i32",
  } as const;
  return define(name, { params, locals }, (l, local) => {
    const streams = [...l.inputs, ...l.outputs];
    const here = (address: Local): Code => i32.add(address, i32.bytes(l.channel));
    const group = (size: number): Code => {
      const lanes: Lanes = size === 1 ? 1 : 4;
      const vectors = range(size / lanes).map((v) => ({
        offset: 16 * v,
        given: l.given.map(() => local("v128")),
        sums: l.sums.map(() => local("v128")),
      }));
      const fixed = {
        ...{ lanes, local },
        inputs: l.at.slice(0, pass.inputs),
        outputs: l.at.slice(pass.inputs),
      } as const;
      const before = vectors.flatMap(({ offset, given, sums }) => [
        ...given.map((into, i) => set(into, load(lanes, here(pick(l.given)(i)), offset))),
        ...sums.map((sum) => set(sum, f32x4.zero)),
      ]);
      const after = vectors.flatMap(({ offset, sums }) =>
        sums.map((sum, i) => {
          const address = here(pick(l.sums)(i));
          const value = f32x4.add(load(lanes, address, offset), sum);
          return store(lanes, address, { value, offset });
        })
      );
      return all(
        ...streams.map((stream, i) => set(pick(l.at)(i), here(stream))),
        ...before,
        set(l.row, l.block),
        repeat(
          l.row,
          all(
            ...vectors.map((vector) => entries(pass, { ...fixed, ...vector })),
            ...l.at.map((at) => increase(at, l.pitch)),
          ),
        ),
        ...after,
      );
    };
    const pitch = i32.bytes(l.channels);
    const mostRows = i32.add(i32.divide(BLOCK, l.channels), 1);
    return all(
      set(l.pitch, pitch),
      whileLoop(
        i32.atLeast(l.rows, 1),
        all(
          set(l.block, mostRows),
          set(l.block, i32.min(l.block, l.rows)),
          stripes(l.channel, l.channels, [4 * pass.vectors, 4, 1], group),
          ...streams.map((at) => increase(at, i32.multiply(l.block, l.pitch))),
          set(l.rows, i32.subtract(l.rows, l.block)),
        ),
      ),
    );
  });
}
