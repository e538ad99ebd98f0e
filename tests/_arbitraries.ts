/**
 * Random networks for property tests. A valid one is built from a list of
 * choices that is read as the network grows: every choice sees the shape that
 * has been reached, so the network fits, and a shorter list with smaller
 * numbers makes a simpler network, so counterexamples shrink.
 */
import * as fc from "fast-check";
import {
  arl,
  basic,
  chain,
  channel,
  fork,
  hourglass,
  identity,
  localMask,
  mask,
  matchSize,
  mixed,
  nal,
  named,
  type Net,
  numbered,
  orThrow,
  plan,
  preactivation,
  ratio,
  repeat,
  residual,
  resnext,
  type Shape,
  shared,
  spatial,
  stage,
} from "../mod.ts";
import {
  adaptiveAveragePool,
  averagePool,
  batchNorm,
  channelConv,
  type ChannelKernel,
  channelPool,
  channelShuffle,
  conv,
  convTranspose,
  coordinateMask,
  dense,
  depthToSpace,
  dropout,
  flatten,
  gelu,
  globalAveragePool,
  globalMaxPool,
  groupNorm,
  hardSigmoid,
  hardSwish,
  l2Normalize,
  layerNorm,
  layerScale,
  leakyRelu,
  maxPool,
  pad,
  type Padding,
  type PaddingRule,
  type Pair,
  positionPool,
  prelu,
  relu,
  relu6,
  resize,
  resizeHalfPixel,
  resizeNearest,
  sigmoid,
  silu,
  softmax,
  standardize,
  stochasticDepth,
  tanh,
} from "../layers/mod.ts";

/** A network and the shape of an input that it fits. */
export interface Sample {
  /** The network. */
  readonly net: Net;
  /** The input's shape. */
  readonly input: Shape;
}

/** Reads choices off a list; past its end every choice is the first. */
class Choices {
  readonly #numbers: readonly number[];
  #next = 0;
  #names = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  /** A number from 0 to below `count`. */
  below(count: number): number {
    return (this.#numbers[this.#next++] ?? 0) % count;
  }

  /** A number from `first` to `last`. */
  from(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }

  /** One of several values. */
  one<A>(first: A, ...others: readonly A[]): A {
    return [first, ...others][this.below(others.length + 1)] ?? first;
  }

  /** A name that no other part has. */
  name(): string {
    return `part${++this.#names}`;
  }
}

const after = (net: Net, input: Shape): Shape => orThrow(plan(net, input)).output;

const channels = (shape: Shape): number => shape.at(-1) ?? NaN;

/** The largest number of 4, 3, 2 and 1 that divides both. */
function commonDivisor(a: number, b: number): number {
  return [4, 3, 2].find((n) => a % n === 0 && b % n === 0) ?? 1;
}

function randomPair(choices: Choices, last: number): Pair {
  return choices.one<() => Pair>(
    () => [1, 1],
    () => [last, last],
    () => [choices.from(1, last), choices.from(1, last)],
  )();
}

/** A border rule with which a window of this extent fits the map, and sides below `most`. */
function randomPadding(choices: Choices, input: Shape, extent: Pair, most: number): PaddingRule {
  const sides: Padding = [
    choices.below(most),
    choices.below(most),
    choices.below(most),
    choices.below(most),
  ];
  const [height = 0, width = 0] = input;
  const rule = choices.one<PaddingRule>("same", "valid", sides);
  const [top, bottom, left, right] = rule === "valid" ? [0, 0, 0, 0] : sides;
  const fits = extent[0] <= height + top + bottom && extent[1] <= width + left + right;
  return rule === "same" || fits ? rule : "same";
}

function randomConv(choices: Choices, input: Shape): Net {
  const inputs = channels(input);
  const kernel = randomPair(choices, 3);
  const dilation = randomPair(choices, 2);
  const extent: Pair = [(kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1];
  const outputs = choices.one(inputs, 4, 6, 3);
  const groups = choices.one<number | "same">(
    1,
    commonDivisor(inputs, outputs),
    outputs % inputs === 0 ? "same" : 1,
  );
  const width = outputs === inputs
    ? choices.one<number | "same">("same", inputs)
    : choices.one(outputs, ratio(outputs, inputs));
  return conv(width, {
    kernel,
    dilation,
    stride: randomPair(choices, 2),
    groups,
    padding: randomPadding(choices, input, extent, 3),
    bias: choices.one(false, true),
  });
}

function randomPool(choices: Choices, input: Shape): Net {
  const pool = choices.one(maxPool, averagePool);
  const window = randomPair(choices, 3);
  return pool(window, {
    stride: randomPair(choices, 2),
    padding: randomPadding(choices, input, window, Math.min(...window)),
    ceil: choices.one(false, true),
  });
}

function randomNorm(choices: Choices, input: Shape): Net {
  const affine = {
    epsilon: 1e-2,
    scale: choices.one(true, false),
    shift: choices.one(true, false),
  };
  const count = channels(input);
  return choices.one(
    batchNorm({ momentum: choices.one(0.9, 0.5), ...affine }),
    layerNorm({ over: choices.one("channels", "map"), ...affine }),
    groupNorm(commonDivisor(count, count), affine),
    layerScale({ start: 0.5 }),
  );
}

function randomUnit(choices: Choices, input: Shape): Net {
  const count = channels(input);
  const width = choices.one<number | "same">("same", 4);
  const stride = choices.one(1, 2);
  const bottleneck = width === "same" ? commonDivisor(count, count) : 4;
  return choices.one(
    basic({ width, stride }),
    preactivation({ width, stride, bottleneck }),
    resnext({ width, stride, bottleneck, groups: 1 }),
  );
}

function randomHourglass(choices: Choices, input: Shape): Net {
  const [height = 1, width = 1] = input;
  const depth = Math.min(height, width) > 3 ? choices.from(1, 2) : 1;
  return numbered("hourglass", hourglass({ depth, r: choices.from(0, 1), unit: basic() }));
}

/** A part that gives back a map of its input's shape. */
function randomKeeper(choices: Choices, input: Shape, depth: number): Net {
  const body = randomMapPart(choices, input, depth);
  const [height, width, count = 1] = after(body, input);
  const tail = count === channels(input) ? body : chain(body, conv(channels(input)));
  return height === input[0] && width === input[1] ? tail : matchSize(tail);
}

function randomAttention(choices: Choices, input: Shape, depth: number): Net {
  const trunk = randomKeeper(choices, input, depth);
  const small = Math.min(input[0] ?? 0, input[1] ?? 0) < 2;
  const activation = choices.one(mixed, channel, spatial);
  const branch = small || choices.below(2) === 0
    ? localMask({ unit: basic(), count: 1, activation })
    : mask(randomHourglass(choices, input), { activation });
  return numbered("attention", choices.one(arl, nal)(trunk, branch));
}

/** A map times a mask of channels, of positions, or of both. */
function randomModulation(choices: Choices, trunk: Net): Net {
  const pool = choices.one(globalAveragePool, globalMaxPool);
  const positions = fork("concat", channelPool("mean"), channelPool("max"));
  const mask = choices.one(
    chain(pool(), dense("same"), sigmoid()),
    chain(conv(1), hardSigmoid()),
    chain(positionPool(choices.one("mean", "max")), conv("same"), sigmoid()),
    chain(positions, conv(1), sigmoid()),
    chain(
      pool(),
      channelConv({ kernel: choices.one<number | ChannelKernel>(3, { gamma: 2, beta: 1 }) }),
      sigmoid(),
    ),
  );
  return choices.one(
    fork("modulate", trunk, mask),
    fork("modulate", trunk, mask),
    fork("gate", trunk, coordinateMask({ ratio: 2, least: 2 })),
    fork("gate", trunk, chain(fork("spread", conv(1), pool()), sigmoid())),
  );
}

/** A layer that puts pixels or channels elsewhere. */
function randomRearrangement(choices: Choices, input: Shape): Net {
  const [height = 1, width = 1, count = 1] = input;
  const sides = [height, width].flatMap((size) =>
    [0, 1].map(() => choices.below(Math.min(size, 3)))
  );
  const [top = 0, bottom = 0, left = 0, right = 0] = sides;
  return choices.one(
    pad([top, bottom, left, right], { value: choices.one(0, -1.5) }),
    pad([top, bottom, left, right], { mode: "reflect" }),
    channelShuffle(commonDivisor(count, count)),
    count % 4 === 0 ? depthToSpace(2) : depthToSpace(1),
  );
}

/** A transposed convolution, small enough for any map. */
function randomTransposed(choices: Choices): Net {
  const width = choices.one<number | "same">("same", 3);
  return convTranspose(width, {
    groups: width === "same" ? choices.one<number | "same">(1, "same") : 1,
    kernel: randomPair(choices, 3),
    stride: randomPair(choices, 2),
    padding: choices.one("same", "valid"),
    bias: choices.one(false, true),
  });
}

/** A layer that works on every element by itself. */
function randomRectifier(choices: Choices): Net {
  return choices.one(
    relu(),
    sigmoid(),
    tanh(),
    relu6(),
    hardSigmoid(),
    hardSwish(),
    leakyRelu({ slope: choices.one(0.01, 0.3) }),
    prelu({ channelwise: choices.one(true, false) }),
    gelu(),
    silu(),
  );
}

function randomFork(choices: Choices, input: Shape, depth: number): Net {
  const keeper = () => randomKeeper(choices, input, depth);
  return choices.one(
    () => residual(keeper()),
    () => fork("add", keeper(), keeper(), keeper()),
    () => fork(choices.one("multiply", "maximum", "subtract"), keeper(), keeper()),
    () => randomModulation(choices, keeper()),
    () => {
      const both = shared(choices.name(), keeper());
      return fork("subtract", chain(randomRectifier(choices), both), chain(both, both));
    },
    () => fork("concat", identity, matchSize(randomMapPart(choices, input, depth))),
    () => fork("match", keeper(), randomMapPart(choices, input, depth)),
    () => fork(choices.one("attend", "gate"), keeper(), keeper()),
    () => randomAttention(choices, input, depth),
  )();
}

/** A part that takes a map and gives back a map. */
function randomMapPart(choices: Choices, input: Shape, depth: number): Net {
  const leaf = choices.one<() => Net>(
    () => randomConv(choices, input),
    () => randomRectifier(choices),
    () => randomNorm(choices, input),
    () => randomPool(choices, input),
    softmax,
    () => choices.one(dropout, stochasticDepth)(choices.one(0, 0.3)),
    () =>
      choices.one(resize, resizeNearest, resizeHalfPixel)(
        choices.one([choices.from(1, 7), choices.from(1, 7)] as const, {
          factor: [1.5, choices.from(1, 2)] as const,
        }),
      ),
    () => randomRearrangement(choices, input),
    () => randomTransposed(choices),
    () => adaptiveAveragePool([choices.from(1, 4), choices.from(1, 4)]),
    () => l2Normalize({ epsilon: 1e-2 }),
    () => standardize({ epsilon: 1e-2 }),
    () => randomUnit(choices, input),
  );
  if (depth === 0) return leaf();
  return choices.one<() => Net>(
    leaf,
    leaf,
    () => randomFork(choices, input, depth - 1),
    () => numbered("group", randomMapPart(choices, input, depth - 1)),
    () => named(choices.name(), randomMapPart(choices, input, depth - 1)),
    () => {
      const first = randomMapPart(choices, input, depth - 1);
      return chain(first, randomMapPart(choices, after(first, input), depth - 1));
    },
    () => repeat(2, basic()),
    () => Math.min(input[0] ?? 0, input[1] ?? 0) < 2 ? identity : randomHourglass(choices, input),
    () =>
      Math.min(input[0] ?? 0, input[1] ?? 0) < 2
        ? identity
        : stage(choices.below(2), 1, 1, { depth: 1, unit: basic() }),
  )();
}

/** A part that takes a vector and gives back a vector. */
function randomVectorPart(choices: Choices, input: Shape): Net {
  return choices.one<() => Net>(
    () => dense(choices.from(2, 5), { bias: choices.one(true, false) }),
    () => randomRectifier(choices),
    () => randomNorm(choices, input),
    softmax,
    () => dropout(0.25),
    () => l2Normalize({ epsilon: 1e-2 }),
    flatten,
    () => residual(chain(dense("same"), relu())),
    () => named(choices.name(), dense(choices.from(2, 5))),
  )();
}

interface Kind {
  /** Whether the network ends in logits. */
  readonly classifier: boolean;
}

function build(numbers: readonly number[], { classifier }: Kind): Sample {
  const choices = new Choices(numbers);
  const vector = choices.below(8) === 7;
  const input = vector
    ? [choices.from(1, 6)]
    : [choices.from(3, 7), choices.from(3, 7), choices.from(1, 4)];
  const nets: Net[] = [];
  let shape: Shape = input;
  const add = (net: Net): void => {
    nets.push(net);
    shape = after(net, shape);
  };
  const maps = choices.from(1, 3);
  for (let i = 0; i < maps && shape.length === 3; i++) add(randomMapPart(choices, shape, 3));
  const ends = classifier || choices.below(4) > 0;
  if (!ends && shape.length === 3) return { net: chain(...nets), input };
  if (shape.length === 3) add(choices.one(globalAveragePool(), flatten()));
  const vectors = choices.from(0, 2);
  for (let i = 0; i < vectors; i++) add(randomVectorPart(choices, shape));
  add(named("classifier", dense(choices.from(2, 4))));
  return { net: chain(...nets), input };
}

const choiceLists = fc.array(fc.nat(0xffff), { maxLength: 80, size: "max" });

/** Networks that fit their input, of every layer and merge. */
export const validNetworks: fc.Arbitrary<Sample> = choiceLists
  .map((numbers) => build(numbers, { classifier: false }));

/** Networks that fit their input and end in logits. */
export const classifiers: fc.Arbitrary<Sample> = choiceLists
  .map((numbers) => build(numbers, { classifier: true }));
