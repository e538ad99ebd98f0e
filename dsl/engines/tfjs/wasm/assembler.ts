/**
 * A small assembler for WebAssembly with vectors of four floats. Instructions
 * are lists of bytes, expressions are functions that join them. It knows the
 * instructions that the kernels of this folder use, and modules that import
 * one memory and export functions of numbers.
 *
 * Source: WebAssembly Core Specification 2.0, chapter 5 (binary format), and
 * the relaxed SIMD proposal.
 */

/** Instructions, encoded. */
export type Code = readonly number[];

/** A parameter or a local of a function. */
export interface Local {
  /** Its position, parameters first. */
  readonly index: number;
}

/** A value on the stack: the code that puts it there, or a local. */
export type Value = Code | Local;

/** A whole number: a value, or the number itself. */
export type Whole = Value | number;

/** The type of a parameter or local: a whole number or address, a float, four floats. */
export type ValueType = "i32" | "f32" | "v128";

/** Makes a local; it is zero at first. */
export type NewLocal = (type: ValueType) => Local;

/** Parameters or locals: the type of one, or of several under one name. */
export type Declarations = Readonly<Record<string, ValueType | readonly ValueType[]>>;

/** The declared ones. */
export type Declared<D extends Declarations> = {
  readonly [K in keyof D]: D[K] extends ValueType ? Local : readonly Local[];
};

/** The words of a text. */
type Words<Text extends string> = Text extends `${infer Word} ${infer Rest}` ? Word | Words<Rest>
  : Text;

/** Whole numbers and addresses as parameters or locals, by their names. */
export function whole<Names extends string>(names: Names): Readonly<Record<Words<Names>, "i32">> {
  // `fromEntries` forgets which keys there are.
  return Object.fromEntries(names.split(" ").map((name) => [name, "i32"])) as never;
}

/** A function of a module. */
export interface Func {
  readonly params: readonly ValueType[];
  readonly locals: readonly ValueType[];
  readonly body: Code;
}

const TYPES: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };

/** A whole number in LEB128, without sign. */
function unsigned(n: number): readonly number[] {
  const rest = n >>> 7;
  return rest === 0 ? [n & 0x7f] : [n & 0x7f | 0x80, ...unsigned(rest)];
}

/** A whole number in LEB128, with sign. */
function signed(n: number): readonly number[] {
  const low = n & 0x7f;
  const rest = n >> 7;
  const done = rest === 0 && low < 0x40 || rest === -1 && low >= 0x40;
  return done ? [low] : [low | 0x80, ...signed(rest)];
}

/** The code of a value. */
function code(value: Whole): Code {
  if (typeof value === "number") return [0x41, ...signed(value)];
  return "index" in value ? [0x20, ...unsigned(value.index)] : value;
}

type Operator<V> = (...operands: readonly V[]) => Code;

/** An instruction on operands that stand before it. */
const operator = <V extends Whole>(...opcode: Code): Operator<V> => (...operands) => [
  ...operands.flatMap(code),
  ...opcode,
];

/** A vector instruction. */
const vector = (opcode: number): Operator<Value> => operator(0xfd, ...unsigned(opcode));

/** Alignment (as a power of two) and offset of a memory access. */
const access = (offset: number): Code => [2, ...unsigned(offset)];

/** Joins instructions. */
export const all = (...parts: readonly Code[]): Code => parts.flat();

/** Sets a local. */
export const set = (local: Local, value: Whole): Code => [
  ...code(value),
  0x21,
  ...unsigned(local.index),
];

/** Instructions on whole numbers and addresses, all without sign. */
export const i32 = {
  add: operator<Whole>(0x6a),
  subtract: operator<Whole>(0x6b),
  multiply: operator<Whole>(0x6c),
  atLeast: operator<Whole>(0x4f),
  /** The bytes of a number of floats. */
  bytes: (floats: Whole): Code => operator<Whole>(0x74)(floats, 2),
};

/** Instructions on four floats at once. */
export const f32x4 = {
  zero: [0xfd, 0x0c, ...new Array<number>(16).fill(0)],
  splat: vector(0x13),
  add: vector(0xe4),
  subtract: vector(0xe5),
  multiply: vector(0xe6),
  divide: vector(0xe7),
  squareRoot: vector(0xe3),
  /** The smaller, or `a` if it is not a number. */
  min: vector(0xea),
  /** The larger, or `a` if it is not a number. */
  max: vector(0xeb),
  /** The nearest whole number, the even one of two. */
  nearest: vector(0x6a),
  /** All bits where it holds. */
  equal: vector(0x41),
  /** All bits where it holds. */
  greater: vector(0x44),
  /** Bits of both. */
  and: vector(0x4e),
  /** Bits of the first that are not in the second. */
  andNot: vector(0x4f),
};

/** The bytes of a number in four places. */
const fourTimes = (bytes: ArrayBufferLike): Code => [
  0xfd,
  0x0c,
  ...range(4).flatMap(() => [...new Uint8Array(bytes)]),
];

/** A float in all four places. */
export const constant = (value: number): Code => fourTimes(Float32Array.of(value).buffer);

/** Instructions on four whole numbers at once. */
export const i32x4 = {
  constant: (value: number): Code => fourTimes(Int32Array.of(value).buffer),
  add: vector(0xae),
  /** Of four floats, towards zero; what is no number gives 0. */
  truncate: vector(0xf8),
  /** To the left by a number of bits. */
  shiftLeft: (x: Value, bits: number): Code => [...code(x), ...code(bits), 0xfd, 0xab, 0x01],
};

/** `a * b + c`: rounded once where the machine can. */
export type MultiplyAdd = (a: Value, b: Value, c: Value) => Code;

/** Multiply-add in one instruction; of the relaxed SIMD proposal. */
export const fusedMultiplyAdd: MultiplyAdd = vector(0x105);

/** Multiply-add in two instructions. */
export const plainMultiplyAdd: MultiplyAdd = (a, b, c) => f32x4.add(f32x4.multiply(a, b), c);

/** How many floats of a vector come from memory or go to it: all, or the first alone. */
export type Lanes = 4 | 1;

/** The lanes by which a number of floats is handled. */
export const lanesOf = (floats: number): Lanes => floats < 4 ? 1 : 4;

/** Loads four floats, or one float into all four places. */
export const load = (lanes: Lanes, address: Value, offset = 0): Code => [
  ...code(address),
  0xfd,
  lanes === 4 ? 0x00 : 0x09,
  ...access(offset),
];

/** Stores four floats, or the first one. */
export const store = (
  lanes: Lanes,
  address: Value,
  { value, offset = 0 }: { readonly value: Value; readonly offset?: number },
): Code => [
  ...code(address),
  ...code(value),
  ...(lanes === 4 ? [0xfd, 0x0b, ...access(offset)] : [0xfd, 0x5a, ...access(offset), 0]),
];

/** Adds to a local. */
export const increase = (local: Local, by: Whole): Code => set(local, i32.add(local, by));

/** Runs the body while the condition holds. */
const whileLoop = (condition: Code, body: Code): Code =>
  all([0x02, 0x40, 0x03, 0x40], condition, [0x45, 0x0d, 1], body, [0x0c, 0, 0x0b, 0x0b]);

/** Runs the body `counter` times, at least once; the counter ends at zero. */
export const repeat = (counter: Local, body: Code): Code =>
  all([0x03, 0x40], body, set(counter, i32.subtract(counter, 1)), code(counter), [0x0d, 0, 0x0b]);

/**
 * Walks `index` from 0 to `total` in strides of the first size as long as it
 * fits, then of the next. The last size should be 1.
 */
export const stripes = (
  index: Local,
  total: Whole,
  sizes: readonly number[],
  body: (size: number) => Code,
): Code =>
  all(
    set(index, 0),
    ...sizes.map((size) =>
      whileLoop(
        i32.atLeast(i32.subtract(total, index), size),
        all(body(size), increase(index, size)),
      )
    ),
  );

/** Defines a function by its parameters, its locals and its body. */
export function define<const P extends Declarations, const L extends Declarations>(
  { params, locals }: { readonly params: P; readonly locals: L },
  write: (values: Declared<P & L>, local: NewLocal) => Code,
): Func {
  const types: ValueType[] = [];
  const local = (type: ValueType): Local => ({ index: types.push(type) - 1 });
  const declare = (declared: Declarations): [string, Local | Local[]][] =>
    Object.entries(declared).map(([key, type]) => [
      key,
      typeof type === "string" ? local(type) : type.map(local),
    ]);
  const values = declare(params);
  const arity = types.length;
  // `fromEntries` forgets which key holds what.
  const named = Object.fromEntries([...values, ...declare(locals)]) as Declared<P & L>;
  const body = write(named, local);
  return { params: types.slice(0, arity), locals: types.slice(arity), body };
}

/** So many of a type. */
export const several = (count: number, type: ValueType): readonly ValueType[] =>
  new Array<ValueType>(count).fill(type);

/** The numbers from 0 to before `n`. */
export const range = (n: number): readonly number[] => [...Array(n).keys()];

/** The item at a place, which must be there. */
export function pick<A>(items: readonly A[]): (i: number) => A {
  return (i) => {
    const found = items[i];
    if (found === undefined) throw new RangeError(`There is no item ${i} of ${items.length}`);
    return found;
  };
}

const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const sized = (bytes: Code): Code => [...unsigned(bytes.length), ...bytes];
const text = (s: string): Code => sized([...new TextEncoder().encode(s)]);
const section = (id: number, items: readonly Code[]): Code => [id, ...sized(list(items))];

/** The limits of a memory of any size, and of one that threads share; that needs a largest size. */
const ANY_MEMORY: Code = [0, 1];
const SHARED_MEMORY: Code = [3, 1, ...unsigned(2 ** 16)];

/**
 * The module of these functions, by their names, over the memory that it
 * imports as `env.memory`, which threads share or not.
 */
export function assemble(
  named: Readonly<Record<string, Func>>,
  { shared }: { readonly shared: boolean },
): Uint8Array<ArrayBuffer> {
  const functions = Object.values(named);
  const types = functions.map(({ params }) => [
    0x60,
    ...list(params.map((type) => [TYPES[type]])),
    0,
  ]);
  const bodies = functions.map(({ locals, body }) =>
    sized([...list(locals.map((type) => [1, TYPES[type]])), ...body, 0x0b])
  );
  const exports = Object.keys(named).map((name, i) => [...text(name), 0, ...unsigned(i)]);
  return Uint8Array.from(all(
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, types),
    section(2, [[...text("env"), ...text("memory"), 2, ...shared ? SHARED_MEMORY : ANY_MEMORY]]),
    section(3, functions.map((_, i) => unsigned(i))),
    section(7, exports),
    section(10, bodies),
  ));
}
