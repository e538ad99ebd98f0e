/**
 * Kernels for WebAssembly that pass once over tensors of one shape: entry by
 * entry, or channel by channel with per-channel numbers and sums. One such
 * pass takes the place of several of TensorFlow.js's: the gradient of a batch
 * normalisation with its rectifier is two passes instead of twelve.
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
  type NewLocal,
  pick,
  range,
  set,
  several,
  store,
  stripes,
  type Value,
  whole,
} from "./assembler.ts";

/** Four entries, or one, as a pass sees them. */
export interface Entry {
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
  readonly outputs?: readonly Value[];
  /** Its new sums. */
  readonly sums?: readonly Value[];
}

/** A pass over entries. */
interface Pass {
  /** How many tensors it reads. */
  readonly inputs: number;
  /** How many it writes. */
  readonly outputs: number;
  /** How many numbers it is given: of the whole pass, or for each channel. */
  readonly given: number;
  readonly write: (entry: Entry) => Written;
}

/** The instructions of a pass on a vector of each tensor. */
function entries(
  pass: Pass,
  { lanes, offset = 0, inputs, outputs, given, sums, local }: {
    readonly lanes: Lanes;
    readonly offset?: number;
    readonly inputs: readonly Value[];
    readonly outputs: readonly Value[];
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
export function pointwise(pass: Pass): Func {
  const params = {
    inputs: several(pass.inputs, "i32"),
    outputs: several(pass.outputs, "i32"),
    numbers: several(pass.given, "f32"),
    count: "i32",
  } as const;
  const locals = { i: "i32", given: several(pass.given, "v128") } as const;
  return define({ params, locals }, (l, local) => {
    const { inputs, outputs, given } = l;
    const stripe = (size: number): Code => {
      const lanes = lanesOf(size);
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

/** Rows that are handled at once. */
const ROWS = 4;

/**
 * A kernel that passes over rows of channels:
 * `(inputs..., outputs..., given..., sums..., rows, channels)`, with `given`
 * and `sums` as addresses of one float per channel. What is summed is added to
 * what is there. It goes through memory in order, four rows at a time, so that
 * the channels' numbers are read once for four rows. Going down all rows with
 * a few channels would keep them in registers, but is no friend of the cache:
 * it takes 2 to 3.5 times as long on maps that are not in it, as most are.
 */
export function channelwise(pass: Pass & { readonly sums: number }): Func {
  const params = {
    inputs: several(pass.inputs, "i32"),
    outputs: several(pass.outputs, "i32"),
    given: several(pass.given, "i32"),
    sums: several(pass.sums, "i32"),
    ...whole("rows channels"),
  } as const;
  const locals = {
    ...whole("row channel pitch next"),
    offsets: several(ROWS, "i32"),
    givenNow: several(pass.given, "v128"),
    sumsNow: several(pass.sums, "v128"),
  } as const;
  return define({ params, locals }, (l, local) => {
    const here = (address: Local): Code => i32.add(address, i32.bytes(l.channel));
    const channels = (lanes: Lanes, offsets: readonly Local[]): Code =>
      all(
        ...l.given.map((from, i) => set(pick(l.givenNow)(i), load(lanes, here(from)))),
        ...l.sums.map((from, i) => set(pick(l.sumsNow)(i), load(lanes, here(from)))),
        ...offsets.map((offset) =>
          all(
            entries(pass, {
              lanes,
              inputs: l.inputs.map((from) => i32.add(from, offset)),
              outputs: l.outputs.map((to) => i32.add(to, offset)),
              given: l.givenNow,
              sums: l.sumsNow,
              local,
            }),
            increase(offset, 4 * lanes),
          )
        ),
        ...l.sums.map((to, i) => store(lanes, here(to), { value: pick(l.sumsNow)(i) })),
      );
    const rows = (count: number): Code => {
      const offsets = l.offsets.slice(0, count);
      return all(
        ...offsets.flatMap((offset) => [set(offset, l.next), increase(l.next, l.pitch)]),
        stripes(l.channel, l.channels, [4, 1], (size) => channels(lanesOf(size), offsets)),
      );
    };
    return all(set(l.pitch, i32.bytes(l.channels)), stripes(l.row, l.rows, [ROWS, 1], rows));
  });
}
