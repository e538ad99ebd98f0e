/**
 * Normalisations in float64. Their gradients are built from the chain rule
 * step by step (through the mean, through the length), not from the closed
 * form that the engine uses.
 */
import type { OpOf } from "../dsl/graph/op.ts";
import { array, at, channels, type Value } from "./_reference_value.ts";

const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;
const dot = (xs: readonly number[], ys: readonly number[]): number =>
  xs.reduce((sum, x, i) => sum + x * at(ys, i), 0);

/** Applies `f` to each list of entries that `positions` names. */
function eachList(
  x: Value,
  lists: readonly (readonly number[])[],
  f: (entries: readonly number[], list: number) => readonly number[],
): Value {
  const data = new Float64Array(x.data.length);
  lists.forEach((list, l) => {
    const made = f(list.map((i) => at(x.data, i)), l);
    list.forEach((i, k) => data[i] = at(made, k));
  });
  return { shape: x.shape, data };
}

/** The positions of each channel, over the whole batch. */
function byChannel(x: Value): readonly (readonly number[])[] {
  const c = channels(x);
  return Array.from(
    { length: c },
    (_, k) => Array.from({ length: x.data.length / c }, (_, r) => r * c + k),
  );
}

/** The positions of each channel of each sample. */
function bySample(x: Value): readonly (readonly number[])[] {
  const [n = 1, h = 1, w = 1, c = 1] = x.shape;
  return Array.from({ length: n * c }, (_, k) =>
    Array.from(
      { length: h * w },
      (_, p) => (Math.floor(k / c) * h * w + p) * c + k % c,
    ));
}

/** The positions of each row of the last axis. */
function byRow(x: Value): readonly (readonly number[])[] {
  const c = channels(x);
  return Array.from(
    { length: x.data.length / c },
    (_, r) => Array.from({ length: c }, (_, k) => r * c + k),
  );
}

function variance(xs: readonly number[]): number {
  const m = mean(xs);
  return mean(xs.map((x) => (x - m) ** 2));
}

function normal(xs: readonly number[], epsilon: number): readonly number[] {
  const [m, s] = [mean(xs), Math.sqrt(variance(xs) + epsilon)];
  return xs.map((x) => (x - m) / s);
}

/** The gradient through centring and then dividing by the deviation. */
function normalGrad(
  dn: readonly number[],
  xs: readonly number[],
  epsilon: number,
): readonly number[] {
  const m = mean(xs);
  const centred = xs.map((x) => x - m);
  const s = Math.sqrt(variance(xs) + epsilon);
  const dDeviation = -dot(dn, centred) / (s * s);
  const dVariance = dDeviation / (2 * s);
  const dCentred = centred.map((c, i) => at(dn, i) / s + dVariance * 2 * c / xs.length);
  return dCentred.map((d) => d - mean(dCentred));
}

/** The operation `batchNormTrain`. */
export function batchNormTrain(
  { epsilon, activation }: OpOf<"batchNormTrain">,
  x: Value,
  [gamma, beta]: readonly [Value, Value],
): readonly Value[] {
  const lists = byChannel(x);
  const y = eachList(x, lists, (xs, c) =>
    normal(xs, epsilon).map((value) => {
      const scaled = at(gamma.data, c) * value + at(beta.data, c);
      return activation === "relu" ? Math.max(scaled, 0) : scaled;
    }));
  const entries = (c: number): readonly number[] => (lists[c] ?? []).map((i) => at(x.data, i));
  return [
    y,
    array(gamma.shape, (c) => mean(entries(c))),
    array(gamma.shape, (c) => variance(entries(c))),
  ];
}

/** The operation `batchNormGrad`; the statistics are computed anew. */
export function batchNormGrad(
  { epsilon, activation }: OpOf<"batchNormGrad">,
  { dy, x, gamma, beta }: {
    readonly dy: Value;
    readonly x: Value;
    readonly gamma: Value;
    readonly beta: Value;
    readonly mean: Value;
    readonly variance: Value;
  },
): readonly Value[] {
  const dgamma = array(gamma.shape, () => 0);
  const dbeta = array(beta.shape, () => 0);
  const lists = byChannel(x);
  const dx = eachList(x, lists, (xs, c) => {
    const scale = at(gamma.data, c);
    const n = normal(xs, epsilon);
    const given = n.map((value, k) => {
      const silent = activation === "relu" &&
        scale * value + at(beta.data, c) <= 0;
      return silent ? 0 : at(dy.data, at(lists[c] ?? [], k));
    });
    dgamma.data[c] = dot(given, n);
    dbeta.data[c] = given.reduce((a, b) => a + b, 0);
    return normalGrad(given.map((d) => d * scale), xs, epsilon);
  });
  return [dx, dgamma, dbeta];
}

/** The operation `standardize`. */
export function standardize(epsilon: number, x: Value): Value {
  return eachList(x, bySample(x), (xs) => normal(xs, epsilon));
}

/** The operation `standardizeGrad`. */
export function standardizeGrad(epsilon: number, dy: Value, x: Value): Value {
  const lists = bySample(x);
  return eachList(
    x,
    lists,
    (xs, l) => normalGrad((lists[l] ?? []).map((i) => at(dy.data, i)), xs, epsilon),
  );
}

/** The operation `l2Normalize`. */
export function l2Normalize(epsilon: number, x: Value): Value {
  return eachList(x, byRow(x), (xs) => {
    const length = Math.sqrt(dot(xs, xs) + epsilon);
    return xs.map((value) => value / length);
  });
}

/** The operation `l2NormalizeGrad`. */
export function l2NormalizeGrad(epsilon: number, dy: Value, x: Value): Value {
  const lists = byRow(x);
  return eachList(x, lists, (xs, l) => {
    const given = (lists[l] ?? []).map((i) => at(dy.data, i));
    const length = Math.sqrt(dot(xs, xs) + epsilon);
    const dLength = -dot(given, xs) / length ** 2;
    return xs.map((value, i) => at(given, i) / length + dLength * value / length);
  });
}
