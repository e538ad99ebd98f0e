/** Softmax, the cross entropy loss and accuracy in float64. */
import { array, at, channels, pointwise, rows, type Value } from "./_reference_value.ts";

/** The operation `softmax`. */
export function softmax(x: Value): Value {
  return rows(x, (row) => {
    const largest = Math.max(...row);
    const powers = row.map((value) => Math.exp(value - largest));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((value) => value / sum);
  });
}

/** The operation `softmaxGrad`. */
export function softmaxGrad(dy: Value, y: Value): Value {
  return rows(y, (row, r) => {
    const given = row.map((_, c) => at(dy.data, r * row.length + c));
    const along = row.reduce((sum, value, c) => sum + value * at(given, c), 0);
    return row.map((value, c) => value * (at(given, c) - along));
  });
}

function smooth(smoothing: number, targets: Value): Value {
  const classes = channels(targets);
  return pointwise(
    [targets],
    (t) => (1 - smoothing) * t + smoothing / classes,
  );
}

/** The operation `softmaxCrossEntropy`. */
export function crossEntropy(smoothing: number, logits: Value, given: Value): Value {
  const targets = smooth(smoothing, given);
  const logs = pointwise([softmax(logits)], Math.log);
  let sum = 0;
  logs.data.forEach((value, i) => sum -= value * at(targets.data, i));
  return array([], () => sum / at(logits.shape, 0));
}

/** The operation `softmaxCrossEntropyGrad`. */
export function crossEntropyGrad(
  smoothing: number,
  dloss: Value,
  [logits, given]: readonly [Value, Value],
): Value {
  const targets = smooth(smoothing, given);
  const share = at(dloss.data, 0) / at(logits.shape, 0);
  return rows(softmax(logits), (row, r) => {
    const wanted = row.map((_, c) => at(targets.data, r * row.length + c));
    const mass = wanted.reduce((a, b) => a + b, 0);
    return row.map((p, c) => share * (p * mass - at(wanted, c)));
  });
}

/** The operation `accuracy`. */
export function accuracy(logits: Value, targets: Value): Value {
  const classes = channels(logits);
  const largest = ({ data }: Value, r: number): number => {
    const row = data.subarray(r * classes, (r + 1) * classes);
    return row.indexOf(Math.max(...row));
  };
  const n = at(logits.shape, 0);
  let hits = 0;
  for (let r = 0; r < n; r++) {
    if (largest(logits, r) === largest(targets, r)) hits++;
  }
  return array([], () => hits / n);
}
