/** Functions of four floats at once, as exact as single precision is but for an ulp or two. */
import {
  type Code,
  constant,
  f32x4,
  i32x4,
  type Local,
  type MultiplyAdd,
  type Value,
} from "./assembler.ts";

/** Holds a value that is used twice. */
type Hold = (value: Value) => Local;

/** How values are computed. */
interface Means {
  readonly madd: MultiplyAdd;
  readonly hold: Hold;
}

/** A polynomial by Horner's rule, the highest coefficient first. */
function polynomial({ madd }: Means, x: Local, [first = 0, ...others]: readonly number[]): Code {
  return others.reduce((sum, c) => madd(sum, x, constant(c)), constant(first));
}

/** `x` held between two numbers; what is no number stays so. */
const clamp = (x: Value, least: number, most: number): Code =>
  f32x4.min(f32x4.max(x, constant(least)), constant(most));

/** `n` ln 2 as a difference of two numbers, the first of few bits, so that products with it are exact. */
const [LN2_HIGH, LN2_LOW] = [0.693359375, 2.12194440e-4];

/** Of `exp(r) = 1 + r + r^2 p(r)`, for r between -ln 2 / 2 and ln 2 / 2 (Moshier, Cephes). */
const EXP = [
  1.9875691500e-4,
  1.3981999507e-3,
  8.3334519073e-3,
  4.1665795894e-2,
  1.6666665459e-1,
  5.0000001201e-1,
];

/** `exp(x)`, `2^n exp(x - n ln 2)`; from -87 on down 0, and from 88 on up that of 88. */
function exponential(means: Means, value: Value): Code {
  const { madd, hold } = means;
  const x = hold(clamp(value, -87, 88));
  const n = hold(f32x4.nearest(f32x4.multiply(x, constant(Math.LOG2E))));
  const most = madd(n, constant(-LN2_HIGH), x);
  const r = hold(madd(n, constant(LN2_LOW), most));
  const rest = madd(f32x4.multiply(r, r), polynomial(means, r, EXP), r);
  // The exponent of a float stands above its 23 bits of fraction, more by 127.
  const power = i32x4.shiftLeft(i32x4.add(i32x4.truncate(n), i32x4.constant(127)), 23);
  const exp = f32x4.multiply(f32x4.add(rest, constant(1)), power);
  return f32x4.andNot(exp, f32x4.equal(x, constant(-87)));
}

/** Numerator and denominator of `erf(x) / x` in x^2, for x from -4 to 4 (XLA's approximation). */
const [NUMERATOR, DENOMINATOR] = [
  [
    -2.72614225801306e-10,
    2.77068142495902e-8,
    -2.10102402082508e-6,
    -5.69250639462346e-5,
    -7.34990630326855e-4,
    -2.95459980854025e-3,
    -1.60960333262415e-2,
  ],
  [
    -1.45660718464996e-5,
    -2.13374055278905e-4,
    -1.68282697438203e-3,
    -7.37332916720468e-3,
    -1.42647390514189e-2,
  ],
];

/** The error function, between -1 and 1. */
function errorFunction(means: Means, value: Value): Code {
  const x = means.hold(clamp(value, -4, 4));
  const square = means.hold(f32x4.multiply(x, x));
  const above = f32x4.multiply(x, polynomial(means, square, NUMERATOR));
  return clamp(f32x4.divide(above, polynomial(means, square, DENOMINATOR)), -1, 1);
}

/** The share of a normal distribution that lies below `x`. */
const below = (means: Means, x: Value): Code =>
  means.madd(
    errorFunction(means, f32x4.multiply(x, constant(Math.SQRT1_2))),
    constant(0.5),
    constant(0.5),
  );

/** `x` times the share of a normal distribution that lies below it. */
export const gelu = (means: Means, x: Local): Code => f32x4.multiply(x, below(means, x));

/** The slope of {@link gelu}. */
export function geluSlope(means: Means, x: Local): Code {
  const bell = exponential(means, f32x4.multiply(f32x4.multiply(x, x), constant(-0.5)));
  const density = f32x4.multiply(bell, constant(1 / Math.sqrt(2 * Math.PI)));
  return means.madd(density, x, below(means, x));
}

/** `1 / (1 + exp(-x))`. */
export const logistic = (means: Means, x: Local): Code =>
  f32x4.divide(
    constant(1),
    f32x4.add(constant(1), exponential(means, f32x4.multiply(x, constant(-1)))),
  );
